// Upstreams that misbehave, each in one way, on real sockets. Every one ends a probe in one classified outcome.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Socket } from "bun";
import { binary } from "../servers/binaries.ts";

export interface HostileServer {
  readonly url: string;
  /** Connections that are open now. */
  open(): number;
  /** Connections that there were in all. */
  opened(): number;
  stop(): void;
}

type Act = (socket: Socket<{ timer: Timer | null }>) => void;

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const drip = (socket: Socket<{ timer: Timer | null }>, text: string) => {
  socket.data.timer = setInterval(() => socket.write(text), 20);
};

/** Made beforehand: it takes a while, in which nothing else is answered. */
const bomb = gzipSync(new Uint8Array(50_000_000));

/** What each does when a request comes in. */
const acts = {
  "never answers": () => {},
  "closes before it answers": (socket) => socket.end(),
  "resets the connection": (socket) => socket.terminate(),
  "answers like an SSH server": (socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n"),
  "answers with random bytes": (socket) =>
    socket.write(new Uint8Array(2000).map((_, i) => (i * 167) % 256)),
  "closes in the middle of the body": (socket) => {
    socket.write(`${head}Content-Length: 500\r\n\r\n{"id":`);
    socket.end();
  },
  "sends a broken chunk": (socket) =>
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nfoo\r\n`),
  "drips its headers": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nX-A: ");
    drip(socket, "a");
  },
  "drips its body": (socket) => {
    socket.write(`${head}Content-Length: 100000\r\n\r\n`);
    drip(socket, " ");
  },
  "sends headers without end": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    for (let line = 0; line < 4000; line += 1) socket.write(`X-${line}: ${"v".repeat(100)}\r\n`);
  },
  "says 100 Continue for ever": (socket) => drip(socket, "HTTP/1.1 100 Continue\r\n\r\n"),
  "redirects to itself": (socket) =>
    socket.write("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"),
  "sends a gzip bomb": (socket) => {
    socket.write(`${head}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
    socket.write(bomb);
  },
  "sends a body without end": (socket) => {
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    socket.data.timer = setInterval(() => socket.write(chunk), 1);
  },
  "answers 200 with HTML": (socket) =>
    socket.write(
      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 21\r\n\r\n<html>Sign in!</html>",
    ),
  "answers 204": (socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n"),
  "answers with status 999": (socket) =>
    socket.write("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"),
} as const satisfies Record<string, Act>;

export type HostileKind = keyof typeof acts;
export const hostileKinds = Object.keys(acts) as HostileKind[];

export function startHostile(kind: HostileKind): HostileServer {
  let open = 0;
  let opened = 0;
  const server = Bun.listen<{ timer: Timer | null }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = { timer: null };
        open += 1;
        opened += 1;
      },
      data: (socket) => void acts[kind](socket),
      close(socket) {
        open -= 1;
        if (socket.data.timer !== null) clearInterval(socket.data.timer);
      },
      error() {},
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    open: () => open,
    opened: () => opened,
    stop: () => server.stop(true),
  };
}

/** An HTTPS server with a certificate that nobody trusts, for the name `wrong.example`. */
export function startSelfSigned(): HostileServer {
  const folder = mkdtempSync(join(tmpdir(), "fleetpulse-tls-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = Bun.spawnSync([
    ...[
      binary("openssl"),
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
    ],
    ...["-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=wrong.example"],
  ]);
  if (made.exitCode !== 0) throw new Error("openssl could not make a certificate");
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { key: Bun.file(key), cert: Bun.file(cert) },
    fetch: () => Response.json({ choices: [{ message: { content: "pong" } }] }),
  });
  return {
    url: `https://127.0.0.1:${server.port}`,
    open: () => 0,
    opened: () => 0,
    stop() {
      void server.stop(true);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
