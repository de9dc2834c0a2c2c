// One question to one deployment: the family's request, one exchange, the family's reading, and at most one adaptive repeat
// within the same deadline. It never throws and it tells nothing secret.

import type { Clock } from "../clock.ts";
import { redact } from "../config/secret.ts";
import type { Deadlines, ProbeTarget, Route } from "../registry/deployment.ts";
import { textBytesMax } from "../table/layout.ts";
import { type Exchange, nothingMeasured, type Transport } from "../transport/transport.ts";
import { families, questionOf } from "./families.ts";
import type { Outcome } from "./outcome.ts";
import { createRequests } from "./requests.ts";

export interface ProberOptions {
  readonly transport: Transport;
  readonly bodyBytesMax: number;
  readonly clock: Clock;
}

export interface Asked {
  readonly outcome: Outcome;
  /** The target to ask with from now on, when the answer taught us something. */
  readonly adapted: ProbeTarget | null;
}

export interface Subject {
  readonly target: ProbeTarget;
  readonly deadlines: Deadlines;
}

/** Fewer characters of a credential are no use to anybody, and too likely to be a word. */
const partLengthMin = 4;
const noUsage = { promptTokens: null, completionTokens: null };

/** A function that asks one deployment once. */
export function createProber(options: ProberOptions): (subject: Subject) => Promise<Asked> {
  const { transport, bodyBytesMax, clock } = options;
  const requestOf = createRequests();

  async function ask({ target, deadlines }: Subject): Promise<Asked> {
    const startMs = clock.monotonicMs();
    const family = families[target.family];
    const exchange = (asked: ProbeTarget, left: Deadlines) =>
      transport.exchange(requestOf(asked), {
        deadlines: left,
        bodyBytesMax,
        route: asked.route,
      });

    const first = await exchange(target, deadlines);
    const adapted = first.response === null ? null : family.adapt(target, first.response);
    const spentMs = clock.monotonicMs() - startMs;
    if (adapted === null || spentMs >= deadlines.totalMs) {
      return { outcome: outcomeOf(target, first), adapted: null };
    }
    const second = await exchange(adapted, less(deadlines, spentMs));
    const outcome = outcomeOf(adapted, second);
    const totalMs = clock.monotonicMs() - startMs;
    return {
      outcome: { ...outcome, phases: { ...outcome.phases, totalMs } },
      // A change that was refused as well taught nothing; remembered, it would be changed back the next time.
      adapted: outcome.class === "bad_probe" ? null : adapted,
    };
  }

  return async (subject) => {
    const startMs = clock.monotonicMs();
    try {
      return await ask(subject);
    } catch (error) {
      return {
        outcome: broken(error, subject.target, clock.monotonicMs() - startMs),
        adapted: null,
      };
    }
  };
}

function outcomeOf(target: ProbeTarget, exchange: Exchange): Outcome {
  if (exchange.response === null) {
    return {
      class: exchange.failure.class,
      httpStatus: 0,
      text: shown(exchange.failure.text, target),
      retryAfterMs: null,
      usage: noUsage,
      phases: exchange.phases,
      peer: exchange.peer,
    };
  }
  const judgement = questionOf(target).read(target, exchange.response);
  return {
    ...judgement,
    httpStatus: exchange.response.status,
    text: shown(judgement.text, target),
    phases: exchange.phases,
    peer: exchange.peer,
  };
}

/** Our own failure: a bug, or something that the machine lacks. */
function broken(error: unknown, target: ProbeTarget, totalMs: number): Outcome {
  const text = error instanceof Error ? error.message : "the prober failed";
  return {
    class: "internal",
    httpStatus: 0,
    text: shown(text, target),
    retryAfterMs: null,
    usage: noUsage,
    ...nothingMeasured(totalMs),
  };
}

/** Without the deployment's own credentials, in one line, bounded on a character boundary. */
function shown(text: string, target: ProbeTarget): string {
  if (text === "") return "";
  const secrets = secretsOf(target);
  const whole = redact(text, secrets).replace(/\s+/g, " ").trim();
  const clean = withoutBeginning(whole, secrets);
  if (Buffer.byteLength(clean) <= textBytesMax) return clean;
  let bytes = 0;
  let end = "";
  for (const character of clean) {
    bytes += Buffer.byteLength(character);
    if (bytes > textBytesMax - 3) break;
    end += character;
  }
  return `${end}…`;
}

/** What must not be shown of a target. Of a header such as `Bearer abc` the credential alone is as secret as the whole. */
export function secretsOf({ apiKey, headers, baseUrl, route }: ProbeTarget): string[] {
  const values = Object.values(headers);
  const credentials = values.flatMap((value) => value.split(/\s+/).slice(1));
  const userInfo = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(baseUrl)?.[1]?.split(":") ?? [];
  return [apiKey ?? "", ...values, ...credentials, ...userInfo, ...proxySecrets(route)];
}

/** As the proxy gets them, as the operator wrote them, and the password alone. */
function proxySecrets({ proxy }: Route): string[] {
  const encoded = proxy?.authorization?.split(" ")[1] ?? "";
  const login = Buffer.from(encoded, "base64").toString("utf8");
  return [encoded, login, login.slice(login.indexOf(":") + 1)];
}

/** A message that was cut in the middle of an echoed credential ends with the credential's beginning. */
function withoutBeginning(text: string, secrets: readonly string[]): string {
  if (!text.endsWith("…")) return text;
  const end = text.slice(0, -1);
  for (const secret of secrets.flatMap((one) => [one, encodeURIComponent(one.toWellFormed())])) {
    for (let length = Math.min(secret.length, end.length); length >= partLengthMin; length -= 1) {
      if (end.endsWith(secret.slice(0, length))) return `${end.slice(0, -length)}…`;
    }
  }
  return text;
}

function less(deadlines: Deadlines, spentMs: number): Deadlines {
  const left = Math.max(1, deadlines.totalMs - spentMs);
  return {
    connectMs: Math.min(deadlines.connectMs, left),
    firstByteMs: Math.min(deadlines.firstByteMs, left),
    totalMs: left,
  };
}
