// The demo's traffic: what a proxy in front of the simulated fleet would report of its requests, sent to the service's own
// callback as a proxy sends it. Nobody is asked for it: requests end as the deployment behaves.

import { type Behaviour, draw, isUp, latencyOf } from "./behaviour.ts";
import { behaviourOf, demoCount } from "./fleet.ts";
import { type Kind, kinds } from "./kinds.ts";

export interface TrafficTarget {
  /** Of the service. */
  readonly url: string;
  readonly key: string | null;
}

const requestsPerSecond = 6;
const sendEveryMs = 1000;
const sendTimeoutMs = 2000;
const timeoutMs = 3000;
const usdPerPromptToken = 0.000_000_15;
const usdPerCompletionToken = 0.000_000_6;

/** How a request fails, as LiteLLM names it. */
const failures: Readonly<Partial<Record<Behaviour, readonly [exception: string, code: string]>>> = {
  hang: ["Timeout", "408"],
  auth: ["AuthenticationError", "401"],
  limited: ["RateLimitError", "429"],
  error: ["InternalServerError", "500"],
  overloaded: ["ServiceUnavailableError", "503"],
  garbage: ["APIConnectionError", "500"],
  reset: ["APIConnectionError", "500"],
  html: ["APIResponseValidationError", "500"],
  missing: ["NotFoundError", "404"],
  filtered: ["ContentPolicyViolationError", "400"],
};

/** Sends until the returned function is called. A service that does not answer misses what was told meanwhile. */
export function startTraffic({ url, key }: TrafficTarget): () => void {
  const stopping = new AbortController();
  let sent = 0;
  let busy = false;
  async function send(): Promise<void> {
    if (busy) return;
    busy = true;
    const entries = entriesFrom(sent, requestsPerSecond, Date.now());
    sent += entries.length;
    await fetch(`${url.replace(/\/$/, "")}/callbacks/litellm`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        connection: "close",
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(entries),
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(sendTimeoutMs)]),
    })
      .then((answer) => answer.arrayBuffer())
      .catch(() => {});
    busy = false;
  }
  const timer = setInterval(() => void send(), sendEveryMs);
  return () => {
    clearInterval(timer);
    stopping.abort();
  };
}

/** Requests that ended at this time. Ids begin with the time, so that those of another run are others. */
export function entriesFrom(first: number, count: number, nowMs: number) {
  return Array.from({ length: count }, (_, index) => entryOf(first + index, nowMs));
}

function entryOf(number: number, nowMs: number) {
  // Some deployments have more traffic than others.
  const index = Math.floor(draw(number) ** 1.5 * demoCount);
  const kind = kinds[index % kinds.length] as Kind;
  const behaviour = behaviourOf(index);
  const failure =
    behaviour === "flapping" && !isUp(index, nowMs) ? failures.error : failures[behaviour];
  const durationMs = durationOf(behaviour, index, number);
  const streams = kind.mode === undefined && number % 3 !== 0;
  const startTime = (nowMs - durationMs) / 1000;
  const promptTokens = failure === undefined ? 20 + Math.floor(400 * draw(number + 1)) : 0;
  const completionTokens =
    failure === undefined && kind.mode !== "embedding"
      ? 10 + Math.floor(200 * draw(number + 2))
      : 0;
  const [exception, code] = failure ?? ["", ""];
  return {
    id: `demo-${nowMs}-${number}`,
    status: failure === undefined ? "success" : "failure",
    stream: streams,
    startTime,
    endTime: nowMs / 1000,
    completionStartTime: startTime + (streams ? durationMs / 4000 : durationMs / 1000),
    model_id: `demo-${index}`,
    model_group: kind.group,
    custom_llm_provider: kind.model.slice(0, kind.model.indexOf("/")),
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    response_cost: promptTokens * usdPerPromptToken + completionTokens * usdPerCompletionToken,
    error_information: failure === undefined ? null : { error_class: exception, error_code: code },
    hidden_params: { litellm_overhead_time_ms: 2 },
  };
}

function durationOf(behaviour: Behaviour, index: number, number: number): number {
  if (behaviour === "hang") return timeoutMs;
  const ownMs = latencyOf(index, number) * 4;
  return behaviour === "slow" ? 2000 + ownMs : ownMs;
}
