// A WebSocket (RFC 6455) from its handshake to its first message, after which it is closed. The handshake is an exchange like any
// other until the server switches: a refusal is a usual answer. Some servers speak only when they are spoken to.

import { createHash, randomBytes } from "node:crypto";
import type { Connection } from "./connection.ts";
import type { HttpResponse } from "./transport.ts";
import { clientFrame, MessageReader, opcodes, type WebSocketEvent } from "./websocket-frames.ts";

type Headers = HttpResponse["headers"];

/** RFC 6455, 1.3. */
const acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** Normal closure. */
const closeCode = 1000;

export class WebSocketStart {
  readonly #key = randomBytes(16).toString("base64");
  /** What is said as soon as the server has switched; null says nothing. */
  readonly #greeting: Buffer | null;
  #messages: MessageReader | null = null;

  constructor(greeting: string | null) {
    this.#greeting = greeting === null ? null : clientFrame(opcodes.text, Buffer.from(greeting));
  }

  /** The headers that ask for it. */
  get headers(): string {
    return `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${this.#key}\r\n`;
  }

  /** The server has agreed, or so it says. */
  get isOpen(): boolean {
    return this.#messages !== null;
  }

  /**
   * The server has switched, and these are the next of its bytes, if there are any: the first message, the end, or what is wrong;
   * null while none of them has come.
   */
  onSwitched(
    headers: Headers,
    bytes: Buffer | null,
    connection: Connection,
  ): WebSocketEvent | null {
    if (this.#messages === null) {
      const fault = faultOf(headers, this.#key);
      if (fault !== null) {
        return { kind: "broken", text: `the WebSocket handshake is not valid: ${fault}` };
      }
      this.#messages = this.#open(connection);
    }
    const event = bytes === null ? null : this.#messages.take(bytes);
    if (event !== null && event.kind !== "broken") {
      const code = Buffer.of(closeCode >> 8, closeCode & 255);
      connection.sendBytes(clientFrame(opcodes.close, code));
    }
    return event;
  }

  /** From now on the connection's bytes are frames. */
  #open(connection: Connection): MessageReader {
    connection.leaveHttp();
    if (this.#greeting !== null) connection.sendBytes(this.#greeting);
    return new MessageReader((payload) => connection.sendBytes(clientFrame(opcodes.pong, payload)));
  }
}

/** The answer that a WebSocket's first message is, or its end. */
export function responseOf(
  event: Exclude<WebSocketEvent, { readonly kind: "broken" }>,
  headers: Headers,
): HttpResponse {
  const answer = { status: 101, headers, truncated: false };
  return event.kind === "message"
    ? { ...answer, body: event.text }
    : { ...answer, body: event.reason, closeCode: event.code };
}

/** RFC 6455, 4.1, of the server's answer. */
function faultOf(headers: Headers, key: string): string | null {
  const accept = createHash("sha1").update(`${key}${acceptSuffix}`).digest("base64");
  if (headers["upgrade"]?.trim().toLowerCase() !== "websocket")
    return "it upgrades to something else";
  if (!/(?:^|,)\s*upgrade\s*(?:,|$)/i.test(headers["connection"] ?? "")) {
    return "Connection does not say Upgrade";
  }
  if (headers["sec-websocket-accept"]?.trim() !== accept) {
    return "Sec-WebSocket-Accept does not belong to the key";
  }
  if (headers["sec-websocket-extensions"] !== undefined) return "an extension was not asked for";
  if (headers["sec-websocket-protocol"] !== undefined) return "a subprotocol was not asked for";
  return null;
}
