// What is known of deployments and traffic under the names of LiteLLM's own metrics, for dashboards that were made for them.

import type { Deployment } from "../registry/deployment.ts";
import { type Row, stateOf } from "../table/row.ts";
import { escaped } from "./deployment-lines.ts";
import { canonicalBound, ExpositionText } from "./exposition-text.ts";
import {
  type LitellmLabel,
  type LitellmMetric,
  litellmExposedName,
  litellmMetricNames,
  litellmRows,
} from "./litellm-rows.ts";
import type { ReportedTraffic, TrafficReading } from "./sources.ts";
import { addTo, type LitellmReading, sumFrom, type TrafficSum } from "./traffic-sum.ts";

export interface LitellmLines {
  addDeployment(deployment: Deployment, row: Row): void;
  /** After the deployments, whose names the series have. */
  addTraffic(labels: Readonly<Record<string, string>>, reading: TrafficReading): void;
  /** After all of the traffic: what is of several sets of labels together, one at a time. */
  addMerged(): Iterable<void>;
  /** Pieces of the exposition, in order. */
  pieces(): SharedArrayBuffer[];
}

/** Sets of labels of traffic with series of their own here: each has some 170 lines, three dozen a histogram, which are 40 KB. */
export const ownTrafficMax = 300;

type Given = Partial<Record<LitellmLabel, string>>;

/** What LiteLLM's client writes where it has nothing to say. */
const nothing = "None";
/** What traffic writes there. */
const noCaller = "none";

export function writeLitellmLines(
  openMetrics: boolean,
  exceptionOf: ReportedTraffic["exceptionOf"],
): LitellmLines {
  const headOf = (name: LitellmMetric) => {
    const exposed = openMetrics ? name : litellmExposedName(name);
    const { help, type } = litellmRows[name];
    return `# HELP ${exposed} ${help}\n# TYPE ${exposed} ${type}\n`;
  };
  const text = new ExpositionText(litellmMetricNames, headOf, canonicalBound);
  const byId = new Map<string, Given>();
  const seen = new Map<string, number>();
  /** Of deployments that the configuration does not have, or too many of: several readings are of one series. */
  const merged = new Map<string, { readonly given: Given; readonly sum: TrafficSum }>();

  const shared = new Map<LitellmMetric, Map<string, number>>();
  const own = new Set<string>();

  const write = (name: LitellmMetric, labels: LabelTexts, value: number) => {
    const suffix = litellmRows[name].type === "counter" ? "_total" : "";
    text.write(name, suffix, labels.of(name), value);
  };

  /** Of metrics without a label for the model, which several merged readings may share. */
  function writeRequests(name: LitellmMetric, given: Given, value: number): void {
    const labels = new LabelTexts(given);
    if (given.model_id !== undefined) {
      write(name, labels, value);
      return;
    }
    const of = shared.get(name) ?? new Map<string, number>();
    const own = labels.of(name);
    shared.set(name, of.set(own, (of.get(own) ?? 0) + value));
  }

  function writeTraffic(given: Given, reading: LitellmReading): void {
    const labels = new LabelTexts(given);
    const byStatus = new Map<string, number>();
    let all = 0;
    let answered = 0;
    for (const [name, count] of reading.classes) {
      if (count === 0) continue;
      all += count;
      if (name === "ok") answered = count;
      const { status, exception } = exceptionOf(name);
      const code = name === "ok" ? "200" : (status?.toString() ?? nothing);
      byStatus.set(code, (byStatus.get(code) ?? 0) + count);
      if (name === "ok") continue;
      const failed = {
        ...given,
        exception_status: code,
        exception_class: exceptionText(given.api_provider, exception),
      };
      write("litellm_deployment_failure_responses", new LabelTexts(failed), count);
      writeRequests("litellm_proxy_failed_requests_metric", failed, count);
    }
    for (const [code, count] of byStatus) {
      writeRequests("litellm_proxy_total_requests_metric", { ...given, status_code: code }, count);
    }
    write("litellm_deployment_success_responses", labels, answered);
    write("litellm_deployment_total_requests", labels, all);
    write("litellm_requests_metric", labels, answered);
    write("litellm_input_tokens_metric", labels, reading.promptTokens);
    write("litellm_output_tokens_metric", labels, reading.completionTokens);
    write("litellm_total_tokens_metric", labels, reading.promptTokens + reading.completionTokens);
    write("litellm_spend_metric", labels, reading.costUsd);
    if (reading.litellm === null) return;
    for (const [part, name] of histograms) {
      const read = reading.litellm[part];
      if (part !== "total" && read.counts.every((count) => count === 0)) continue;
      text.histogram(name, labels.of(name), read);
    }
  }

  function merge(given: Given, reading: LitellmReading): void {
    const key = JSON.stringify(given);
    const soFar = merged.get(key);
    if (soFar === undefined) merged.set(key, { given, sum: sumFrom(reading) });
    else addTo(soFar.sum, reading);
  }

  return {
    addDeployment(deployment, row) {
      const { modelId, modelName, provider, apiBase } = deployment;
      const given = {
        litellm_model_name: bareModel(deployment),
        model: bareModel(deployment),
        model_id: modelId,
        api_base: apiBase ?? nothing,
        api_provider: provider,
      };
      // Ids may be shared; series may not.
      const times = (seen.get(modelId) ?? 0) + 1;
      seen.set(modelId, times);
      if (times === 1) byId.set(modelId, given);
      const shown = times === 1 ? given : { ...given, model_id: `${modelId}#${times}` };
      const labels = new LabelTexts({ ...shown, model_group: modelName });
      const state = stateOf(row);
      if (state !== "unknown") {
        const isPartial = state === "degraded" || row.consecutiveFailures > 0;
        write("litellm_deployment_state", labels, state === "unhealthy" ? 2 : isPartial ? 1 : 0);
      }
      const { requestsRemaining, tokensRemaining } = row;
      if (requestsRemaining > 0) {
        write("litellm_remaining_requests_metric", labels, requestsRemaining - 1);
      }
      if (tokensRemaining > 0)
        write("litellm_remaining_tokens_metric", labels, tokensRemaining - 1);
    },
    addTraffic(labels, reading) {
      const known = byId.get(labels["model_id"] ?? "");
      const group = { requested_model: labels["model_name"] ?? nothing };
      const caller = {
        team_alias: callerOf(labels["team"]),
        api_key_alias: callerOf(labels["key_alias"]),
      };
      if (known !== undefined && own.size < ownTrafficMax) {
        const given = { ...known, ...group, ...caller };
        const key = JSON.stringify(given);
        // The provider of an id may have changed since.
        if (!own.has(key)) {
          own.add(key);
          writeTraffic(given, reading);
          return;
        }
      }
      const hasCaller = known === undefined && merged.size < ownTrafficMax;
      merge({ ...modelOf(known), ...group, ...(hasCaller ? caller : nobody) }, reading);
    },
    *addMerged() {
      for (const { given, sum } of merged.values()) {
        writeTraffic(given, sum);
        yield;
      }
      merged.clear();
      for (const [name, counts] of shared) {
        for (const [labels, count] of counts) text.write(name, "_total", labels, count);
      }
      shared.clear();
    },
    pieces: () => text.pieces(),
  };
}

const histograms = [
  ["total", "litellm_request_total_latency_metric"],
  ["api", "litellm_llm_api_latency_metric"],
  ["firstToken", "litellm_llm_api_time_to_first_token_metric"],
  ["perOutputToken", "litellm_deployment_latency_per_output_token"],
] as const;

/** What stands between the braces: metrics with the same labels share it, and most of them do. */
class LabelTexts {
  readonly #given: Given;
  readonly #texts = new Map<readonly LitellmLabel[], string>();

  constructor(given: Given) {
    this.#given = given;
  }

  of(name: LitellmMetric): string {
    const { labels } = litellmRows[name];
    const known = this.#texts.get(labels);
    if (known !== undefined) return known;
    const text = labels
      .map((label) => `${label}="${escaped(this.#given[label] ?? nothing)}"`)
      .join(",");
    this.#texts.set(labels, text);
    return text;
  }
}

/** LiteLLM names models without their provider. */
function bareModel({ model, provider }: Deployment): string {
  return model.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model;
}

/** What is left of a deployment that is not told from others. */
function modelOf(given: Given = {}): Given {
  const { litellm_model_name = nothing, model = nothing } = given;
  return { litellm_model_name, model };
}

const nobody: Given = { team_alias: nothing, api_key_alias: nothing };

const callerOf = (label: string | undefined) =>
  label === undefined || label === noCaller ? nothing : label;

/** As LiteLLM writes it: `Openai.RateLimitError`. */
function exceptionText(provider: string | undefined, exception: string | null): string {
  if (exception === null) return nothing;
  if (provider === undefined || provider === "") return exception;
  return `${provider.charAt(0).toUpperCase()}${provider.slice(1)}.${exception}`;
}
