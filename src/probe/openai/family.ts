// A family that serves OpenAI's operations at addresses of its own.

import type { Mode, ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { ask, get, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family, Question } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { at, isList, type Json, readMetadata } from "../reading.ts";
import { openSocket, readRealtime } from "../realtime.ts";
import { textsOf } from "../texts.ts";
import type { Operation } from "./operation.ts";
import { operations } from "./operations.ts";

type Served = keyof typeof operations;

export interface Address {
  /** The whole address of an operation (its path below the base, with a query where there is one). */
  url(target: ProbeTarget, path: string): string;
  /** The whole address of a realtime session, as it would be over HTTP; without it there are none. */
  realtimeUrl?(target: ProbeTarget): string;
  readonly free: Question;
  /** Other headers than those of every OpenAI-compatible server. */
  headers?(target: ProbeTarget): Record<string, string>;
  /** The body of the question, where the address changes it. */
  body?(target: ProbeTarget, body: Record<string, unknown>): Record<string, unknown>;
  /** The modes that are served, where it is not all. */
  readonly modes?: readonly Mode[];
}

/** Edits of images and videos cost too much to be tried: in these modes the paid question is the free one. */
export function openaiFamily(address: Address): Family {
  const served = Object.entries(operations).filter(
    ([mode]) => address.modes === undefined || address.modes.includes(mode as Served),
  );
  const paid: Partial<Record<Mode, Question>> = Object.fromEntries(
    served.map(([mode, operation]) => [mode, questionAt(address, operation)]),
  );
  const { realtimeUrl } = address;
  if (realtimeUrl !== undefined) {
    paid.realtime = {
      request: (target) => openSocket(realtimeUrl(target), headersAt(address, target)),
      read: readRealtime,
    };
  }
  for (const mode of ["image_edit", "video_generation"] as const) {
    if (address.modes?.includes(mode) ?? true) paid[mode] = address.free;
  }
  return {
    paid,
    free: address.free,
    adapt(target, response) {
      const operation: Operation | undefined = operations[target.mode as Served];
      const sent = operation === undefined ? {} : bodyAt(address, operation, target);
      return adaptTarget(target, response, Object.keys(sent ?? {}));
    },
  };
}

/** An operation as a question at this address. */
function questionAt(address: Address, operation: Operation): Question {
  return {
    request: (target) => requestAt(address, operation, target),
    read: readWith(operation.read, operation.stream),
  };
}

function requestAt(address: Address, operation: Operation, target: ProbeTarget): HttpRequest {
  const url = address.url(target, operation.path);
  const headers = headersAt(address, target);
  const body = bodyAt(address, operation, target);
  if (body === null) return get(url, headers);
  if (operation.form === undefined) {
    const request = ask(target, operation.stream, url, headers, body);
    return operation.watch === undefined ? request : { ...request, watch: operation.watch };
  }
  const { contentType, text } = operation.form(textsOf(body));
  return { method: "POST", url, headers: { ...headers, "content-type": contentType }, body: text };
}

/** Without what was refused before; null where it is a GET. */
function bodyAt(
  address: Address,
  operation: Operation,
  target: ProbeTarget,
): Record<string, unknown> | null {
  const whole = operation.body(target);
  if (whole === null) return null;
  const body = address.body?.(target, whole) ?? whole;
  const { omitted } = target;
  if (omitted === undefined) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !omitted.includes(name)));
}

function headersAt(address: Address, target: ProbeTarget): Record<string, string> {
  return address.headers?.(target) ?? openaiHeaders(target);
}

export function openaiHeaders(target: ProbeTarget): Record<string, string> {
  const { organization } = target;
  return headersOf(target, organization === null ? {} : { "openai-organization": organization });
}

/** Reads a list of models as most servers give it: `data`, `models`, or the list itself. */
export function readModelList(target: ProbeTarget, response: HttpResponse): Judgement {
  const idsOf = (body: Json): readonly Json[] | null => {
    const models = isList(body) ? body : (at(body, "data") ?? at(body, "models"));
    return isList(models)
      ? models.map((item) => at(item, "id") ?? at(item, "key") ?? at(item, "name") ?? null)
      : null;
  };
  return readMetadata(target.provider, response, target.model, idsOf);
}
