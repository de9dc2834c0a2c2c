// Standard logging payloads as a LiteLLM proxy makes them, prompts and all.

export const startSeconds = 1_767_323_045.25;

/** A streamed answer of the deployment `a`, with these changes. */
export function payload(id: string, changes: Record<string, unknown> = {}) {
  return {
    id,
    trace_id: `trace-${id}`,
    call_type: "acompletion",
    cache_hit: null,
    cache_key: null,
    stream: true,
    status: "success",
    status_fields: { llm_api_status: "success", guardrail_status: "not_run" },
    custom_llm_provider: "openai",
    saved_cache_cost: 0,
    startTime: startSeconds,
    endTime: startSeconds + 2,
    completionStartTime: startSeconds + 0.5,
    response_time: 0.5,
    model: "gpt-4",
    metadata: {
      user_api_key_hash: "5f0c3e",
      user_api_key_alias: "billing-service",
      user_api_key_team_id: "team-1",
      user_api_key_team_alias: "Payments",
      requester_metadata: {},
    },
    response_cost: 0.0125,
    total_tokens: 30,
    prompt_tokens: 10,
    completion_tokens: 20,
    request_tags: ["User-Agent: OpenAI"],
    end_user: "",
    api_base: "https://api.openai.com/v1/",
    model_group: "gpt",
    model_id: "a",
    requester_ip_address: "203.0.113.9",
    messages: [{ role: "user", content: "what is the weather, [really]?" }],
    response: { choices: [{ message: { role: "assistant", content: 'it "rains"' } }] },
    model_parameters: { temperature: 0.2 },
    hidden_params: { model_id: "a", response_cost: "0.0125", litellm_overhead_time_ms: 3.2 },
    model_map_information: { model_map_key: "gpt-4", model_map_value: null },
    error_str: null,
    error_information: null,
    response_cost_failure_debug_info: null,
    ...changes,
  };
}

export function failure(
  id: string,
  errorClass: string,
  errorCode: string,
  changes: Record<string, unknown> = {},
) {
  return payload(id, {
    status: "failure",
    response_cost: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    error_str: "no",
    error_information: {
      error_code: errorCode,
      error_class: errorClass,
      llm_provider: "openai",
      traceback: "File x, line 1",
      error_message: "no",
    },
    ...changes,
  });
}
