// One request on the way to a credential: through the same transport as probes, with deadlines of its own, and its answer or the reason
// why there is none.

import type { Clock } from "../clock.ts";
import type { Deadlines } from "../registry/deployment.ts";
import type { Route } from "../registry/route.ts";
import type { HttpRequest, HttpResponse, Transport } from "../transport/transport.ts";
import { LoginError } from "./credential.ts";

export interface Errands {
  readonly transport: Transport;
  readonly clock: Clock;
}

const bodyBytesMax = 64 * 1024;
const hostDeadlines: Deadlines = { connectMs: 5000, firstByteMs: 10_000, totalMs: 10_000 };
/** What the machine itself answers, it answers at once; elsewhere nobody does. */
const machineDeadlines: Deadlines = { connectMs: 1000, firstByteMs: 2000, totalMs: 3000 };
const skewShownMs = 120_000;

export const directRoute: Route = {
  proxy: null,
  verifyTls: true,
  caFile: null,
  clientCertificate: null,
};

/** The answer of a token host, whatever its status. `name` is whose login it is. */
export function askHost(
  { transport }: Errands,
  request: HttpRequest,
  route: Route,
  name: string,
): Promise<HttpResponse> {
  return answered(transport, request, route, hostDeadlines, name);
}

/** The answer of the machine's own service, which no proxy stands before. */
export function askMachine(
  { transport }: Errands,
  request: HttpRequest,
  name: string,
): Promise<HttpResponse> {
  return answered(transport, request, directRoute, machineDeadlines, name);
}

async function answered(
  transport: Transport,
  request: HttpRequest,
  route: Route,
  deadlines: Deadlines,
  name: string,
): Promise<HttpResponse> {
  const { response, failure } = await transport.exchange(request, {
    deadlines,
    bodyBytesMax,
    route,
  });
  if (failure !== null) throw new LoginError(failure.class, `${name} login: ${failure.text}`);
  return response;
}

export function form(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(fields).toString();
}

export const formType = "application/x-www-form-urlencoded";

export function jsonOf({ body }: HttpResponse): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

/** What a refusal means: a token host that is unwell says nothing of the credentials. */
export function refused(response: HttpResponse, name: string, wallMs: number): LoginError {
  const { status } = response;
  const said = wordsOf(response).slice(0, 300);
  const what = `${name} login: HTTP ${status}${said === "" ? "" : `: ${said}`}`;
  const text = `${what}${skewWords(response, wallMs)}`;
  if (status === 429) return new LoginError("rate_limited", text);
  if (status >= 500) return new LoginError("server_error", text);
  if (status >= 300 && status < 400) return new LoginError("protocol", `${what} (not followed)`);
  return new LoginError("auth", text);
}

/** OAuth's error and its description, IBM's, Google's, or AWS's XML. */
function wordsOf(response: HttpResponse): string {
  const json = jsonOf(response);
  const inner = typeof json["error"] === "object" && json["error"] !== null ? json["error"] : json;
  const fields = inner as Record<string, unknown>;
  const words = [
    "error",
    "error_description",
    "errorCode",
    "errorMessage",
    "status",
    "code",
    "message",
    "Code",
    "Message",
  ].flatMap((key) => (typeof fields[key] === "string" ? [fields[key]] : []));
  const xml = ["Code", "Message"].flatMap((tag) => tagOf(response.body, tag) ?? []);
  return [...words, ...xml].join(": ").replace(/\s+/g, " ");
}

/** The text of an XML element; AWS escapes little in it. */
export function tagOf(xml: string, tag: string): string | null {
  return new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? null;
}

/** How much this machine's clock differs, where that may be why a signature was refused; else nothing. */
export function skewWords({ headers }: HttpResponse, wallMs: number): string {
  const theirs = Date.parse(headers["date"] ?? "");
  const aheadMs = wallMs - theirs;
  if (!(Math.abs(aheadMs) > skewShownMs)) return "";
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  return ` (this machine's clock is ${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} the server's)`;
}

/** Seconds as a number or as text, as token hosts give them; an hour where they give none. */
export function lifetimeMsOf(value: unknown): number {
  const seconds = Number(value);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 3_600_000;
}

/** Until a point in the server's time. */
export function lifetimeMsUntil(end: unknown, { headers }: HttpResponse, wallMs: number): number {
  const endMs = typeof end === "string" ? Date.parse(end) : Number.NaN;
  const nowMs = Date.parse(headers["date"] ?? "");
  const leftMs = endMs - (Number.isNaN(nowMs) ? wallMs : nowMs);
  return Number.isFinite(leftMs) ? Math.max(0, leftMs) : 3_600_000;
}
