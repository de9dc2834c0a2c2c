// A WebSocket (RFC 6455) from its handshake to its first message, after which it is closed. The handshake is an exchange like any
// other until the server switches: a refusal is a usual answer. Some servers speak only when they are spoken to.

import { createHash, randomBytes } from "node:crypto";
import type { Connection } from "./connection.ts";
import { clientFrame, MessageReader, opcodes, type WebSocketEvent } from "./websocket-frames.ts";

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

  /** Once the server has switched: what is wrong with how it did. From now on the connection's bytes are frames. */
  open(headers: Readonly<Record<string, string>>, connection: Connection): WebSocketEvent | null {
    const fault = faultOf(headers, this.#key);
    if (fault !== null) {
      return { kind: "broken", text: `the WebSocket handshake is not valid: ${fault}` };
    }
    connection.leaveHttp();
    this.#messages = new MessageReader((payload) =>
      connection.sendBytes(clientFrame(opcodes.pong, payload)),
    );
    if (this.#greeting !== null) connection.sendBytes(this.#greeting);
    return null;
  }

  /** The first message or the end; null while neither has come. */
  take(bytes: Buffer, connection: Connection): WebSocketEvent | null {
    const event = this.#messages?.take(bytes) ?? null;
    if (event !== null && event.kind !== "broken") {
      const code = Buffer.of(closeCode >> 8, closeCode & 255);
      connection.sendBytes(clientFrame(opcodes.close, code));
    }
    return event;
  }
}

/** RFC 6455, 4.1, of the server's answer. */
function faultOf(headers: Readonly<Record<string, string>>, key: string): string | null {
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
