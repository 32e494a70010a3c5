"""The streams of the three interfaces of language models, as the real providers write them, and their
error bodies. provider.py serves them."""
import json
import re

CREATED = "2026-01-01T00:00:00.000000Z"
REASONS = {"ollama": {"stop": "stop", "length": "length", "tools": "stop"},
           "openai": {"stop": "stop", "length": "length", "tools": "tool_calls"},
           "anthropic": {"stop": "end_turn", "length": "max_tokens", "tools": "tool_use"}}
PATHS = {"ollama": "/api/chat", "openai": "/v1/chat/completions", "anthropic": "/v1/messages"}
NEEDED = {"ollama": ["model", "messages"], "openai": ["model", "messages"],
          "anthropic": ["model", "messages", "max_tokens"]}
KEY_FIELDS = {"ollama": ("authorization", "Bearer "), "openai": ("authorization", "Bearer "),
              "anthropic": ("x-api-key", "")}
ERROR_TYPES = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
               404: "not_found_error", 429: "rate_limit_error", 529: "overloaded_error"}


def tokens(text):
    return re.findall(r"\s*\S+|\s+$", text)


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def line(value):
    return (compact(value) + "\n").encode()


def event(value, name=None):
    return ((f"event: {name}\n" if name else "") + f"data: {compact(value)}\n\n").encode()


def ollama(model, text, tools, reason, usage, _asked):
    def said(done=False, **message):
        return {"model": model, "created_at": CREATED,
                "message": {"role": "assistant", "content": "", **message}, "done": done}

    pieces = [line(said(content=token)) for token in tokens(text)]
    pieces += [line(said(tool_calls=[{"function": {"name": name, "arguments": arguments}}]))
               for name, arguments in tools]
    return pieces + [line({**said(done=True), "done_reason": reason, "total_duration": 4883583458,
                           "load_duration": 1334875, "prompt_eval_count": usage[0],
                           "prompt_eval_duration": 342546000, "eval_count": usage[1],
                           "eval_duration": 4535599000})]


def openai(model, text, tools, reason, usage, asked):
    has_usage = asked.body.get("stream_options", {}).get("include_usage")

    def chunk(delta, finish=None):
        made = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1767225600, "model": model,
                "system_fingerprint": "fp_1",
                "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}
        return event({**made, "usage": None} if has_usage else made)

    def call(index, **rest):
        return chunk({"tool_calls": [{"index": index, **rest}]})

    pieces = [chunk({"role": "assistant", "content": "", "refusal": None})]
    pieces += [chunk({"content": token}) for token in tokens(text)]
    for index, (name, arguments) in enumerate(tools):
        pieces.append(call(index, id=f"call_{index}", type="function", function={"name": name, "arguments": ""}))
        pieces += [call(index, function={"arguments": part})
                   for part in re.findall(r"(?s).{1,7}", json.dumps(arguments))]
    pieces.append(chunk({}, reason))
    if has_usage:
        pieces.append(event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1767225600,
                             "model": model, "choices": [],
                             "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1],
                                       "total_tokens": sum(usage),
                                       "prompt_tokens_details": {"cached_tokens": 0}}}))
    return pieces + [b"data: [DONE]\n\n"]


def anthropic(model, text, tools, reason, usage, _asked):
    def said(kind, **rest):
        return event({"type": kind, **rest}, kind)

    def block(index, begun, deltas):
        return [said("content_block_start", index=index, content_block=begun),
                *(said("content_block_delta", index=index, delta=delta) for delta in deltas),
                said("content_block_stop", index=index)]

    pieces = [said("message_start", message={
        "id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {"input_tokens": usage[0], "output_tokens": 1}}), said("ping")]
    if text or not tools:
        pieces += block(0, {"type": "text", "text": ""},
                        [{"type": "text_delta", "text": token} for token in tokens(text)])
    for index, (name, arguments) in enumerate(tools, bool(text)):
        parts = ["", *re.findall(r"(?s).{1,7}", json.dumps(arguments))]
        pieces += block(index, {"type": "tool_use", "id": f"toolu_{index}", "name": name, "input": {}},
                        [{"type": "input_json_delta", "partial_json": part} for part in parts])
    return pieces + [said("message_delta", delta={"stop_reason": reason, "stop_sequence": None},
                          usage={"output_tokens": usage[1]}), said("message_stop")]


FORMATS = {"ollama": ollama, "openai": openai, "anthropic": anthropic}


def token_of(piece):
    """Whether a piece of a stream carries text."""
    return any(mark in piece for mark in (b'"delta":{"content":', b'"text_delta"', b'"done":false'))


def error_body(name, status, message):
    kind = ERROR_TYPES.get(status, "api_error")
    if name == "ollama":
        return {"error": message}
    if name == "openai":
        return {"error": {"message": message, "type": kind, "param": None, "code": None}}
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


def error_event(name, kind, message):
    if name == "ollama":
        return line({"error": message})
    if name == "openai":
        return event({"error": {"message": message, "type": kind, "param": None, "code": None}})
    return event({"type": "error", "error": {"type": kind, "message": message}}, "error")


def stream_type(name):
    return "application/x-ndjson" if name == "ollama" else "text/event-stream; charset=utf-8"
