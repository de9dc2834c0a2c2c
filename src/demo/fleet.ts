// Configurations of simulated fleets, as the text of a LiteLLM config.yaml: the demo's mixed one,
// and uniform ones for measuring.

import { type Behaviour, rawBehaviours } from "./behaviour.ts";
import { type Kind, kinds } from "./kinds.ts";

/** Faults of the demo: each stands for one of a hundred deployments, as often as it is listed. */
const faults: readonly Behaviour[] = [
  "slow",
  "slow",
  "hang",
  "auth",
  "limited",
  "error",
  "overloaded",
  "garbage",
  "reset",
  "flapping",
  "flapping",
  "html",
  "missing",
];
/** Deployments of the demo. */
export const demoCount = 300;
const tame: readonly Behaviour[] = ["reasoning", "filtered"];

/** How the demo's deployment of this number behaves. */
export function behaviourOf(index: number): Behaviour {
  // A stride that shares no factor with 100 spreads the faults over kinds and groups.
  const place = (index * 37) % 100;
  return faults[place] ?? tame[place - faults.length] ?? "ok";
}

/** A lively fleet of `count` deployments at the simulated provider. */
export function demoConfig(url: string, rawUrl: string, count = demoCount): string {
  const lines = ["model_list:"];
  for (let index = 0; index < count; index += 1) {
    const kind = kinds[index % kinds.length] as Kind;
    const behaviour = behaviourOf(index);
    const base = rawBehaviours.includes(behaviour) ? rawUrl : url;
    lines.push(
      `  - model_name: ${kind.group}`,
      "    litellm_params:",
      `      model: ${kind.model}`,
      `      api_base: ${base}/${behaviour}-${index}${kind.suffix}`,
      `      api_key: sk-demo-${index}`,
      ...(kind.extra ?? []).map((line) => `      ${line}`),
      "    model_info:",
      `      id: demo-${index}`,
      `      mode: ${kind.mode ?? "chat"}`,
      "      input_cost_per_token: 0.00000015",
      "      output_cost_per_token: 0.0000006",
    );
  }
  return `${lines.join("\n")}
router_settings:
  model_group_alias: { gpt-4: gpt-4o, claude: claude-sonnet }
fleetpulse:
  interval: 10
  paid_interval: 60
  unhealthy_interval: 5
  confirm_interval: 1
  backoff_max: 20
  timeout: 3
  start_rate: 300
  service_interval: 2
`;
}

export interface UniformFleet {
  readonly url: string;
  readonly count: number;
  /** How many of them hang. */
  readonly hanging?: number;
  /** Lines below `fleetpulse:`. */
  readonly settings: Readonly<Record<string, number | string>>;
}

/** Shares no factor with the strides of those that hang: every key has its part of them. */
const keys = 97;

/** OpenAI-compatible deployments that are all alike, with prices of their own. */
export function uniformConfig({ url, count, hanging = 0, settings }: UniformFleet): string {
  const lines = ["model_list:"];
  for (let index = 0; index < count; index += 1) {
    // Hanging ones are spread evenly among the others.
    const hangs =
      Math.floor(((index + 1) * hanging) / count) > Math.floor((index * hanging) / count);
    lines.push(
      `  - model_name: group-${index % 50}`,
      "    litellm_params:",
      `      model: openai/model-${index % 20}`,
      `      api_base: ${url}/${hangs ? "hang" : "ok"}-${index}/v1`,
      `      api_key: sk-bench-${index % keys}`,
      "    model_info:",
      `      id: d-${index}`,
      "      mode: chat",
      "      input_cost_per_token: 0.00000015",
      "      output_cost_per_token: 0.0000006",
    );
  }
  const own = Object.entries({ probe: "completion", ...settings }).map(
    ([key, value]) => `  ${key}: ${value}`,
  );
  return `${lines.join("\n")}\nfleetpulse:\n${own.join("\n")}\n`;
}
