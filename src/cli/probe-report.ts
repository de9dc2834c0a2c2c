// What `bun run probe` prints of one question: who was asked, what went over the wire, how long each phase took, and what it means.
// Everything passes through `redact`, because an upstream may send back what it was sent.

import { redact } from "../config/secret.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { Deployment } from "../registry/deployment.ts";
import { costOf } from "../schedule/cost.ts";
import { type Effect, outcomeClasses } from "../table/outcome-class.ts";
import type { Exchange, HttpRequest, HttpResponse, Phases } from "../transport/transport.ts";

/** One exchange as it went over the wire. */
export interface Recorded {
  readonly request: HttpRequest;
  readonly exchange: Exchange;
}

export interface ProbeReport {
  readonly deployment: Deployment;
  /** Who asks was proven with these first. Of them nothing but their ends is shown: they are made of credentials. */
  readonly loginExchanges: readonly Recorded[];
  readonly exchanges: readonly Recorded[];
  readonly outcome: Outcome;
  readonly secrets: readonly string[];
}

const hidden = "[redacted]";
/** Headers that carry credentials, whatever their value looks like. */
const credentialHeader =
  /^(?:proxy-)?authorization$|^(?:set-)?cookie$|(?:api|subscription)-?key$|^x-key$|token|secret|signature/i;
const bodyCharactersMax = 2000;
const dayMs = 86_400_000;

/** How the effect of one probe is called; rise and fall are not waited for. */
const verdicts: Readonly<Record<Effect, string>> = {
  passed: "healthy",
  degraded: "degraded: alive, but it does not serve this request now",
  failed: "unhealthy",
  refused: "unknown: the probe itself was refused, which says nothing of the model",
  unprobeable: "unhealthy: it cannot be probed",
  ignored: "unknown: the prober itself failed",
};

export function linesOfReport(report: ProbeReport, nowMs: number): string[] {
  const { deployment, loginExchanges, exchanges, outcome } = report;
  const secrets = [...report.secrets, ...exchanges.flatMap(credentialsOf)];
  const lines = [
    titleOf(deployment),
    "",
    ...loginExchanges.flatMap(loginLines),
    ...exchanges.flatMap((one) => [...requestLines(one.request), "", ...answerLines(one), ""]),
    ...measuredLines(outcome, nowMs),
    "",
    ...verdictLines(report),
  ];
  return lines.map((line) => redact(line, secrets).trimEnd());
}

export function titleOf({ modelName, model, modelId, provider, mode }: Deployment): string {
  return `${modelName}: ${model} (${provider}, ${mode}), model_id ${modelId}`;
}

function loginLines({ request, exchange }: Recorded): string[] {
  const { response, failure } = exchange;
  const end = response === null ? `${failure.text} (${failure.class})` : `HTTP ${response.status}`;
  const { origin, pathname } = new URL(request.url);
  return [`login: ${request.method} ${origin}${pathname} -> ${end}`, ""];
}

/** What a request proved with who asks; what was exchanged for it is in no target. */
function credentialsOf({ request }: Recorded): string[] {
  return Object.entries(request.headers)
    .filter(([name]) => credentialHeader.test(name))
    .flatMap(([, value]) => [value, ...value.split(/\s+/).slice(1)]);
}

function requestLines({ method, url, headers, body }: HttpRequest): string[] {
  return [
    `> ${method} ${withoutQuerySecrets(url)}`,
    ...headerLines(">", headers),
    ...(body === null ? [] : [">", ...bodyLines(">", body)]),
  ];
}

function answerLines({ exchange }: Recorded): string[] {
  const { response, failure } = exchange;
  if (response === null) return [`< no answer: ${failure.text} (${failure.class})`];
  return [
    `< HTTP ${response.status}`,
    ...headerLines("<", response.headers),
    "<",
    ...bodyLines("<", response.body),
    ...(response.truncated ? ["< … (not read further)"] : []),
    ...closeLines(response),
  ];
}

function closeLines({ closeCode }: HttpResponse): string[] {
  return closeCode === undefined ? [] : [`< the WebSocket was closed with ${closeCode}`];
}

function headerLines(mark: string, headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(
    ([name, value]) => `${mark} ${name}: ${credentialHeader.test(name) ? hidden : value}`,
  );
}

function bodyLines(mark: string, body: string): string[] {
  const shown = body.slice(0, bodyCharactersMax).replace(/[^\P{Cc}\n]/gu, "·");
  const more = body.length - bodyCharactersMax;
  return [
    ...shown.split("\n").map((line) => `${mark} ${line}`),
    ...(more > 0 ? [`${mark} … (${more} characters more)`] : []),
  ];
}

/** Addresses of the operator's own can carry a key in their query. */
function withoutQuerySecrets(url: string): string {
  return url.replace(/([?&][^=&]*(?:key|token|secret|sig|password)[^=&]*=)[^&]*/gi, `$1${hidden}`);
}

const phaseNames: readonly (readonly [keyof Phases, string])[] = [
  ["dnsMs", "DNS"],
  ["connectMs", "connect"],
  ["tlsMs", "TLS"],
  ["sendMs", "send"],
  ["firstByteMs", "first byte"],
  ["firstTokenMs", "first token"],
  ["totalMs", "total"],
];

function measuredLines({ phases, peer }: Outcome, nowMs: number): string[] {
  const measured = phaseNames.flatMap(([name, title]) => {
    const value = phases[name];
    return value === null ? [] : [`${title} ${value.toFixed(1)} ms`];
  });
  const end = peer.certificateEndMs;
  const days = end === null ? 0 : Math.floor((end - nowMs) / dayMs);
  const certificate =
    end === null
      ? ""
      : `, certificate until ${new Date(end).toISOString().slice(0, 10)} (${days} days)`;
  const reached =
    peer.address === null
      ? []
      : [`reached ${peer.address}${certificate}, ${peer.bytesRead} bytes read`];
  return [measured.join(" · "), ...reached];
}

function verdictLines({ deployment, outcome }: ProbeReport): string[] {
  const { effect, sentence } = outcomeClasses[outcome.class];
  const { promptTokens, completionTokens } = outcome.usage;
  const tokens =
    promptTokens === null && completionTokens === null
      ? []
      : [`tokens: ${promptTokens ?? "?"} in, ${completionTokens ?? "?"} out`];
  const served = outcome.servedModel;
  const usd = costOf(outcome.usage, deployment.price);
  const cost = usd === null ? "unknown" : `${usd.toFixed(9).replace(/\.?0+$/, "")} USD`;
  return [
    `${verdicts[effect]} (${outcome.class}: ${sentence})`,
    ...(outcome.text === "" ? [] : [outcome.text]),
    ...(outcome.retryAfterMs === null
      ? []
      : [`asks to be left alone for ${outcome.retryAfterMs / 1000} s`]),
    ...(served === undefined ? [] : [`served by: ${served}`]),
    ...tokens,
    ...limitLines(outcome),
    ...(deployment.target?.rung === "metadata"
      ? ["the free question: it cost nothing, and does not prove that the model answers"]
      : [`cost: ${cost}`]),
  ];
}

function limitLines({ limits }: Outcome): string[] {
  const left = (["requests", "tokens"] as const).flatMap((kind) => {
    const remaining = limits?.[kind]?.remaining ?? null;
    return remaining === null ? [] : [`${remaining} ${kind}`];
  });
  return left.length === 0 ? [] : [`left of the rate limit: ${left.join(", ")}`];
}
