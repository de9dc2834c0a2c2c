// The proxy's table of spend logs as its Prisma schema makes it, and rows in it as the proxy writes them.

import type { PostgresServer } from "../servers/postgres.ts";

export const table = `
  CREATE TABLE "LiteLLM_SpendLogs" (
    "request_id" TEXT NOT NULL, "call_type" TEXT NOT NULL, "api_key" TEXT NOT NULL DEFAULT '',
    "spend" DOUBLE PRECISION NOT NULL DEFAULT 0.0, "total_tokens" INTEGER NOT NULL DEFAULT 0,
    "prompt_tokens" INTEGER NOT NULL DEFAULT 0, "completion_tokens" INTEGER NOT NULL DEFAULT 0,
    "startTime" TIMESTAMP(3) NOT NULL, "endTime" TIMESTAMP(3) NOT NULL, "completionStartTime" TIMESTAMP(3),
    "model" TEXT NOT NULL DEFAULT '', "model_id" TEXT DEFAULT '', "model_group" TEXT DEFAULT '',
    "custom_llm_provider" TEXT DEFAULT '', "api_base" TEXT DEFAULT '', "user" TEXT DEFAULT '',
    "metadata" JSONB DEFAULT '{}', "cache_hit" TEXT DEFAULT '', "cache_key" TEXT DEFAULT '',
    "request_tags" JSONB DEFAULT '[]', "team_id" TEXT, "end_user" TEXT, "requester_ip_address" TEXT,
    "messages" JSONB DEFAULT '{}', "response" JSONB DEFAULT '{}', "session_id" TEXT, "status" TEXT,
    "proxy_server_request" JSONB DEFAULT '{}', "mcp_namespaced_tool_name" TEXT,
    CONSTRAINT "LiteLLM_SpendLogs_pkey" PRIMARY KEY ("request_id"));
  CREATE INDEX "LiteLLM_SpendLogs_startTime_idx" ON "LiteLLM_SpendLogs"("startTime");
  CREATE INDEX "LiteLLM_SpendLogs_end_user_idx" ON "LiteLLM_SpendLogs"("end_user");
  CREATE INDEX "LiteLLM_SpendLogs_session_id_idx" ON "LiteLLM_SpendLogs"("session_id")`;

/** What newer proxies have besides. */
export const newerIndex = `CREATE INDEX "LiteLLM_SpendLogs_startTime_request_id_idx" ON "LiteLLM_SpendLogs"("startTime", "request_id")`;

export interface SpendRow {
  /** Seconds before now at which the request began. */
  readonly ago?: number;
  readonly seconds?: number;
  readonly modelId?: string;
  readonly cacheHit?: string;
  readonly tags?: readonly string[];
  readonly metadata?: Record<string, unknown>;
}

export async function writeRows(
  server: PostgresServer,
  rows: Readonly<Record<string, SpendRow>>,
): Promise<void> {
  const values = Object.entries(rows).map(([id, row]) => {
    const { ago = 0, seconds = 2, modelId = "a", cacheHit = "None", tags = [] } = row;
    const startMs = Date.now() - ago * 1000;
    const start = new Date(startMs).toISOString();
    const end = new Date(startMs + seconds * 1000).toISOString();
    const metadata = {
      status: "success",
      user_api_key_alias: "billing-service",
      user_api_key_team_alias: "Payments",
      ...row.metadata,
    };
    return `('${id}', 'acompletion', 0.25, 30, 10, 20, '${start}', '${end}', '${end}', 'gpt-4', '${modelId}', 'gpt', 'openai',
      '${JSON.stringify(metadata)}', '${cacheHit}', '${JSON.stringify(tags)}')`;
  });
  await server.query(`insert into "LiteLLM_SpendLogs" (request_id, call_type, spend, total_tokens, prompt_tokens,
    completion_tokens, "startTime", "endTime", "completionStartTime", model, model_id, model_group, custom_llm_provider,
    metadata, cache_hit, request_tags) values ${values.join(", ")}`);
}
