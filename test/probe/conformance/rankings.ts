// Embeddings and rankings of those who have an address or a body of their own for them.

import { type ConformanceCase, key, oneWithKey, piecesOf } from "./case.ts";

const scored = { results: [{ index: 0, relevance_score: 0.98 }] };

export const cases: readonly ConformanceCase[] = [
  oneWithKey(
    "nvidia_nim",
    "embedding",
    "nvidia_nim/nvidia/nv-embedqa-e5-v5",
    { NVIDIA_NIM_API_KEY: key },
    {
      url: "https://integrate.api.nvidia.com/v1/embeddings",
      body: { model: "nvidia/nv-embedqa-e5-v5", input: ["ping"], input_type: "query" },
    },
    { data: [{ embedding: [0.1] }], usage: { prompt_tokens: 3, total_tokens: 3 } },
  ),
  oneWithKey(
    "nvidia_nim",
    "rerank",
    "nvidia_nim/nvidia/llama-3_2-nv-rerankqa-1b-v2",
    { NVIDIA_NIM_API_KEY: key },
    {
      url: "https://ai.api.nvidia.com/v1/retrieval/nvidia/llama-3_2-nv-rerankqa-1b-v2/reranking",
      body: {
        model: "nvidia/llama-3_2-nv-rerankqa-1b-v2",
        query: { text: "ping" },
        passages: [{ text: "ping" }],
      },
    },
    { rankings: [{ index: 0, logit: 3.1 }] },
    {},
    { onlyAtItsOwnHost: true },
  ),
  oneWithKey(
    "nvidia_nim",
    "rerank",
    "nvidia_nim/nvidia/nv-rerankqa",
    { NVIDIA_NIM_API_KEY: key, NVIDIA_NIM_API_BASE: "http://nim.example:8000/v1" },
    {
      url: "http://nim.example:8000/v1/ranking",
      body: { model: "nvidia/nv-rerankqa", query: { text: "ping" }, passages: [{ text: "ping" }] },
    },
    { rankings: [{ index: 0, logit: 3.1 }] },
    {},
    { about: "in a container of one's own", onlyAtItsOwnHost: true },
  ),
  oneWithKey(
    "deepinfra",
    "rerank",
    "deepinfra/Qwen/Qwen3-Reranker-0.6B",
    { DEEPINFRA_API_KEY: key },
    {
      url: "https://api.deepinfra.com/v1/inference/Qwen/Qwen3-Reranker-0.6B",
      body: { queries: ["ping"], documents: ["ping"] },
    },
    { scores: [0.9], input_tokens: 4 },
    { usage: { promptTokens: 4, completionTokens: null } },
  ),
  oneWithKey(
    "huggingface",
    "embedding",
    "huggingface/intfloat/multilingual-e5-large",
    { HF_TOKEN: key },
    {
      url: "https://router.huggingface.co/hf-inference/models/intfloat/multilingual-e5-large/pipeline/feature-extraction",
      body: { inputs: ["ping"] },
    },
    [[0.1, 0.2]],
    {},
    { onlyAtItsOwnHost: true },
  ),
  oneWithKey(
    "huggingface",
    "embedding",
    "huggingface/BAAI/bge-m3",
    { HF_TOKEN: key, HF_API_BASE: "https://tei.example" },
    { url: "https://tei.example/", body: { inputs: ["ping"] } },
    [[0.1, 0.2]],
    {},
    { about: "at an endpoint of one's own", onlyAtItsOwnHost: true },
  ),
  oneWithKey(
    "huggingface",
    "rerank",
    "huggingface/BAAI/bge-reranker-base",
    { HF_TOKEN: key, HF_API_BASE: "https://tei.example" },
    { url: "https://tei.example/rerank", body: { query: "ping", texts: ["ping"] } },
    [{ index: 0, score: 0.99 }],
    {},
    { about: "at an endpoint of one's own", onlyAtItsOwnHost: true },
  ),
  oneWithKey(
    "voyage",
    "embedding",
    "voyage/voyage-3.5-lite",
    { VOYAGE_API_KEY: key },
    {
      url: "https://api.voyageai.com/v1/embeddings",
      body: { model: "voyage-3.5-lite", input: ["ping"] },
    },
    { data: [{ embedding: [0.1] }], model: "voyage-3.5-lite", usage: { total_tokens: 2 } },
    { usage: { promptTokens: 2, completionTokens: null } },
  ),
  oneWithKey(
    "voyage",
    "rerank",
    "voyage/rerank-2.5",
    { VOYAGE_AI_API_KEY: key },
    {
      url: "https://api.voyageai.com/v1/rerank",
      body: { model: "rerank-2.5", query: "ping", documents: ["ping"], top_k: 1 },
    },
    { data: [{ index: 0, relevance_score: 0.9 }], usage: { total_tokens: 4 } },
    { usage: { promptTokens: 4, completionTokens: null } },
  ),
  oneWithKey(
    "jina_ai",
    "embedding",
    "jina_ai/jina-embeddings-v3",
    { JINA_AI_API_KEY: key },
    {
      url: "https://api.jina.ai/v1/embeddings",
      body: { model: "jina-embeddings-v3", input: ["ping"] },
    },
    { data: [{ embedding: [0.1] }], usage: { total_tokens: 3 } },
  ),
  oneWithKey(
    "jina_ai",
    "rerank",
    "jina_ai/jina-reranker-v2-base-multilingual",
    { JINA_AI_TOKEN: key },
    {
      url: "https://api.jina.ai/v1/rerank",
      body: {
        model: "jina-reranker-v2-base-multilingual",
        query: "ping",
        documents: ["ping"],
        top_n: 1,
      },
    },
    { ...scored, usage: { total_tokens: 5 } },
    { usage: { promptTokens: 5, completionTokens: null } },
  ),
  oneWithKey(
    "together_ai",
    "rerank",
    "together_ai/Salesforce/Llama-Rank-V1",
    { TOGETHER_AI_TOKEN: key },
    {
      url: "https://api.together.xyz/v1/rerank",
      body: {
        model: "Salesforce/Llama-Rank-V1",
        query: "ping",
        documents: ["ping"],
        top_n: 1,
      },
    },
    { ...scored, meta: { billed_units: { search_units: 1 } } },
    {
      usage: piecesOf("query", 1),
    },
  ),
  oneWithKey(
    "infinity",
    "embedding",
    "infinity/BAAI/bge-small",
    { INFINITY_API_BASE: "http://box.example:7997", INFINITY_API_KEY: key },
    {
      url: "http://box.example:7997/embeddings",
      body: { model: "BAAI/bge-small", input: ["ping"] },
    },
    { data: [{ embedding: [0.1] }], usage: { prompt_tokens: 4, total_tokens: 4 } },
  ),
  oneWithKey(
    "infinity",
    "embedding",
    "infinity/BAAI/bge-small",
    { INFINITY_API_BASE: "http://box.example:7997" },
    { url: "http://box.example:7997/models", headers: { authorization: null } },
    { data: [{ id: "BAAI/bge-small" }] },
    {},
    { rung: "metadata" },
  ),
];
