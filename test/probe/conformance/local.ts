// Model servers that people run themselves: one line each, as they are documented.

import { casesOf, listOf } from "./chat-lines.ts";

export const cases = casesOf({
  openai_like: {
    variable: "OPENAI_LIKE_API_KEY",
    env: { OPENAI_LIKE_API_BASE: "https://box.example/v1" },
    chat: "https://box.example/v1/chat/completions",
    model: "our-model",
    free: ["https://box.example/v1/models", listOf("our-model")],
  },
  custom_openai: {
    variable: "OPENAI_LIKE_API_KEY",
    params: { api_base: "https://box.example/v1/" },
    chat: "https://box.example/v1/chat/completions",
    model: "our-model",
    free: ["https://box.example/v1/models", listOf("our-model")],
  },
  custom: {
    variable: null,
    params: { api_base: "https://box.example/v1" },
    chat: "https://box.example/v1/chat/completions",
    model: "our-model",
    free: ["https://box.example/v1/models", listOf("our-model")],
  },
  aiohttp_openai: {
    variable: null,
    // Whole, with the operation.
    params: { api_base: "https://box.example/v1/chat/completions" },
    chat: "https://box.example/v1/chat/completions",
    model: "our-model",
    free: ["https://box.example/v1/models", listOf("our-model")],
  },
  hosted_vllm: {
    variable: "HOSTED_VLLM_API_KEY",
    env: { HOSTED_VLLM_API_BASE: "http://gpu.example:8000/v1" },
    chat: "http://gpu.example:8000/v1/chat/completions",
    model: "Qwen/Qwen3-8B",
    free: ["http://gpu.example:8000/health", ""],
  },
  vllm: {
    variable: null,
    env: { VLLM_API_BASE: "http://gpu.example:8000/v1" },
    chat: "http://gpu.example:8000/v1/chat/completions",
    model: "Qwen/Qwen3-8B",
    free: ["http://gpu.example:8000/health", ""],
  },
  lm_studio: {
    variable: "LM_STUDIO_API_KEY",
    env: { LM_STUDIO_API_BASE: "http://desk.example:1234/v1" },
    chat: "http://desk.example:1234/v1/chat/completions",
    model: "qwen2.5-7b",
    free: ["http://desk.example:1234/v1/models", listOf("qwen2.5-7b")],
  },
  llamafile: {
    variable: "LLAMAFILE_API_KEY",
    chat: "http://127.0.0.1:8080/v1/chat/completions",
    model: "mistral-7b",
    free: ["http://127.0.0.1:8080/health", { status: "ok" }],
  },
  xinference: {
    variable: null,
    chat: "http://127.0.0.1:9997/v1/chat/completions",
    model: "qwen2.5-instruct",
    free: ["http://127.0.0.1:9997/v1/models", listOf("qwen2.5-instruct")],
  },
  lemonade: {
    variable: null,
    chat: "http://localhost:8000/api/v1/chat/completions",
    model: "Qwen3-4B-GGUF",
    free: ["http://localhost:8000/api/v1/models", listOf("Qwen3-4B-GGUF")],
  },
  docker_model_runner: {
    variable: null,
    chat: "http://localhost:22088/engines/llama.cpp/v1/chat/completions",
    model: "ai/smollm2",
    free: ["http://localhost:22088/engines/llama.cpp/v1/models", listOf("ai/smollm2")],
  },
});
