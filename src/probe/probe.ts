// One question to one deployment: the family's request, one exchange, the family's reading, and at most one adaptive repeat
// within the same deadline. It never throws and it tells nothing secret.

import { type Clock, systemTimers } from "../clock.ts";
import { authorize } from "../logins/authorize.ts";
import type { Denied, Granted } from "../logins/credential.ts";
import { skewWords } from "../logins/errand.ts";
import type { Logins } from "../logins/logins.ts";
import { secretsOfCredential } from "../logins/secrets.ts";
import type { Deadlines, ProbeTarget } from "../registry/deployment.ts";
import type { Login } from "../registry/login/login.ts";
import { regionBytesMax } from "../table/layout.ts";
import { type Exchange, nothingMeasured, type Transport } from "../transport/transport.ts";
import { families, questionOf } from "./families.ts";
import {
  type KeyTests,
  provesKey,
  publicListRemark,
  threadKeyTests,
  wrongKeyQuestion,
} from "./key-test.ts";
import type { Outcome } from "./outcome.ts";
import { rateLimitsOf } from "./rate-limits.ts";
import { createRequests } from "./requests.ts";
import { shown, shownModel } from "./shown-text.ts";

export interface ProberOptions {
  readonly transport: Transport;
  readonly bodyBytesMax: number;
  readonly clock: Clock;
  /** Who gives credentials; without it a target that is logged in to cannot be asked. */
  readonly logins?: Logins;
  /** What is known of lists that may be for everybody; null: they are taken for what they seem. */
  readonly keyTests?: KeyTests | null;
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

const noUsage = { promptTokens: null, completionTokens: null };

/** A function that asks one deployment once. */
export function createProber(options: ProberOptions): (subject: Subject) => Promise<Asked> {
  const { transport, bodyBytesMax, clock, keyTests = threadKeyTests } = options;
  const requestOf = createRequests();

  function ask(subject: Subject): Promise<Asked> {
    const { login } = subject.target;
    return login === null ? askWith(null, subject) : logInAndAsk(login, subject);
  }

  async function logInAndAsk(login: Login, { target, deadlines }: Subject): Promise<Asked> {
    const startMs = clock.monotonicMs();
    const result = await inTime(resultOf(login), deadlines.totalMs);
    const spentMs = clock.monotonicMs() - startMs;
    if (result.kind === "denied") {
      return { outcome: deniedOutcome(result, target, spentMs), adapted: null };
    }
    const told = { ...target, options: { ...result.options, ...target.options } };
    const asked = await askWith(
      { login, ...result },
      { target: told, deadlines: less(deadlines, spentMs) },
    );
    if (asked.outcome.class === "auth") options.logins?.refuse(login, result.serial);
    return asked;
  }

  function resultOf(login: Login): Promise<Granted | Denied> {
    if (options.logins !== undefined) return options.logins.result(login);
    throw new Error("nobody gives credentials here");
  }

  async function askWith(granted: LoggedIn | null, { target, deadlines }: Subject): Promise<Asked> {
    const startMs = clock.monotonicMs();
    const family = families[target.family];
    const wallMs = clock.wallMs();
    const exchange = (asked: ProbeTarget, left: Deadlines) => {
      const how = { deadlines: left, bodyBytesMax, route: asked.route };
      if (granted === null) return transport.exchange(requestOf(asked), how);
      const request = questionOf(asked).request(asked);
      return authorize(request, granted.login.use, granted.credential, clock.wallMs()).then(
        (authorized) => transport.exchange(authorized, how),
      );
    };

    const first = await exchange(target, deadlines);
    const adapted = first.response === null ? null : family.adapt(target, first.response);
    const spentMs = clock.monotonicMs() - startMs;
    if (adapted === null || spentMs >= deadlines.totalMs) {
      const outcome = outcomeOf(target, first, granted, wallMs);
      return { outcome: await tested(target, outcome, less(deadlines, spentMs)), adapted: null };
    }
    const second = await exchange(adapted, less(deadlines, spentMs));
    const outcome = outcomeOf(adapted, second, granted, wallMs);
    const totalMs = clock.monotonicMs() - startMs;
    return {
      outcome: { ...outcome, phases: { ...outcome.phases, totalMs } },
      // A change that was refused as well taught nothing; remembered, it would be changed back the next time.
      adapted: outcome.class === "bad_probe" ? null : adapted,
    };
  }

  /** A list that everybody gets is told as such: it does not stand in for the paid question. */
  async function tested(target: ProbeTarget, outcome: Outcome, left: Deadlines): Promise<Outcome> {
    if (keyTests === null || outcome.class !== "ok" || outcome.text !== "") return outcome;
    const question = wrongKeyQuestion(target);
    if (question === null) return outcome;
    const { host, request } = question;
    const isProof = await keyTests(host, async () => {
      const how = { deadlines: left, bodyBytesMax, route: target.route };
      const { response } = await transport.exchange(request, how);
      return provesKey(target.provider, response);
    });
    return isProof ? outcome : { ...outcome, text: publicListRemark };
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

/** What a request is authorized with. */
interface LoggedIn extends Granted {
  readonly login: Login;
}

/** A login that takes longer than the probe may is the probe's failure; it goes on by itself, for those who ask next. */
async function inTime(
  result: Promise<Granted | Denied>,
  totalMs: number,
): Promise<Granted | Denied> {
  let timer: unknown;
  const late = new Promise<Denied>((resolve) => {
    const text = `the login took longer than ${Math.round(totalMs)} ms`;
    timer = systemTimers.set(
      () => resolve({ kind: "denied", class: "timeout_total", text }),
      totalMs,
    );
  });
  const first = await Promise.race([result, late]);
  systemTimers.clear(timer);
  return first;
}

function deniedOutcome(denied: Denied, target: ProbeTarget, totalMs: number): Outcome {
  return {
    class: denied.class,
    httpStatus: 0,
    text: shown(denied.text, target),
    retryAfterMs: null,
    usage: noUsage,
    ...nothingMeasured(totalMs),
  };
}

function outcomeOf(
  target: ProbeTarget,
  exchange: Exchange,
  granted: LoggedIn | null,
  wallMs: number,
): Outcome {
  const secrets = granted === null ? [] : secretsOfCredential(granted.credential);
  if (exchange.response === null) {
    return {
      class: exchange.failure.class,
      httpStatus: 0,
      text: shown(exchange.failure.text, target, secrets),
      retryAfterMs: null,
      usage: noUsage,
      phases: exchange.phases,
      peer: exchange.peer,
    };
  }
  const { response } = exchange;
  const { servedModel, ...judgement } = questionOf(target).read(target, response);
  const limits = rateLimitsOf(response.headers, wallMs);
  const region = response.headers["x-ms-region"];
  // Signatures hold for some minutes only.
  const skew =
    granted?.login.use.kind === "sigv4" && judgement.class === "auth"
      ? skewWords(response, wallMs)
      : "";
  return {
    ...judgement,
    httpStatus: response.status,
    text: shown(`${judgement.text}${skew}`, target, secrets),
    ...(servedModel === undefined ? {} : { servedModel: shownModel(servedModel, target, secrets) }),
    ...(limits === null ? {} : { limits }),
    ...(region === undefined ? {} : { region: shown(region, target, secrets, regionBytesMax) }),
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

function less(deadlines: Deadlines, spentMs: number): Deadlines {
  const left = Math.max(1, deadlines.totalMs - spentMs);
  return {
    connectMs: Math.min(deadlines.connectMs, left),
    firstByteMs: Math.min(deadlines.firstByteMs, left),
    totalMs: left,
  };
}
