// The table on which the transport was chosen: CPU a request and requests a second of every way to ask, by requests in flight,
// threads, and with TLS, over connections that are kept. All are asked for the same rate: the upstream delays its answers so that so many
// in flight make it.

import { join } from "node:path";
import { firstLine, folder, median } from "./processes.ts";
import { say } from "./report.ts";
import { type ClientName, clientNames } from "./transport/clients.ts";

const inFlight = [64, 256, 1024, 4096] as const;
const perSecond = 20_000;
const threads = [1, 2, 4] as const;
const seconds = "1.5";
const cpuLimit = 1.5;
/** No cliff: CPU a request of ours with the most in flight, as a multiple of that with the fewest. */
const cliffLimit = 1.5;
/** Of ours and bare sockets in turn, where they are held against each other: what the machine does besides falls on both. */
const rounds = 5;

interface Asked {
  readonly perSecond: number;
  readonly cpuMicros: number | null;
}

export async function transport(): Promise<void> {
  const certificate = makeCertificate();
  const upstream = Bun.spawn(
    [
      ...[process.execPath, join(import.meta.dir, "transport/upstream.ts"), ...certificate],
      ...inFlight.map((flights) => String(Math.round((flights * 1000) / perSecond))),
    ],
    { stdout: "pipe" },
  );
  const [line] = await firstLine(upstream.stdout, /\[.*\]/);
  const ports = JSON.parse(line) as { plain: number; secure: number }[];
  const pairs: InTurn[] = [];
  for (const secure of [false, true]) {
    console.log(
      `\nCPU a request in µs (requests a second), connections kept, ${secure ? "TLS" : "plain"}`,
    );
    for (const count of threads) {
      for (const [index, flights] of inFlight.entries()) {
        const { plain = 0, secure: withTls = 0 } = ports[index] ?? {};
        const results = {} as Record<ClientName, Asked>;
        for (const client of clientNames) {
          const port = secure ? withTls : plain;
          const [cert = ""] = certificate;
          results[client] = await ask(client, port, flights, count, secure ? [cert] : []);
        }
        const cells = clientNames.map((client) => `${client} ${shown(results[client])}`);
        console.log(
          `  ${count} threads, ${String(flights).padStart(4)} in flight: ${cells.join(", ")}`,
        );
        if (!secure && count === 1) pairs.push(await compare(plain, flights));
      }
    }
  }
  upstream.kill("SIGKILL");
  const growth = (of: keyof InTurn) => (pairs.at(-1)?.[of] ?? Number.NaN) / (pairs[0]?.[of] ?? 0);
  const [ours, bare] = [growth("ours"), growth("bare")];
  say(
    `\nCPU a request of ours, ${inFlight.at(-1)} in flight as a multiple of ${inFlight[0]}`,
    ours.toFixed(2),
    `<= ${cliffLimit}`,
    ours <= cliffLimit,
  );
  say("  of bare sockets, which is the kernel's and the caches' part", bare.toFixed(2));
}

/** CPU a request of one thread, in µs. */
interface InTurn {
  readonly ours: number;
  readonly bare: number;
}

/** Medians of rounds in which they take turns. */
async function compare(port: number, flights: number): Promise<InTurn> {
  const cpuMicros = { "bare sockets": [] as number[], ours: [] as number[] };
  const pair = ["bare sockets", "ours"] as const;
  for (let round = 0; round < rounds; round += 1) {
    for (const client of round % 2 === 0 ? pair : pair.toReversed()) {
      cpuMicros[client].push((await ask(client, port, flights, 1, [])).cpuMicros ?? Number.NaN);
    }
  }
  const [bare, ours] = [median(cpuMicros["bare sockets"]), median(cpuMicros.ours)];
  const ratio = ours / bare;
  say(
    `  ours and bare sockets in turn, ${flights} in flight`,
    `${ours.toFixed(1)} / ${bare.toFixed(1)} µs`,
  );
  say("  as a multiple", ratio.toFixed(2), `<= ${cpuLimit}`, ratio <= cpuLimit);
  return { ours, bare };
}

function shown({ perSecond, cpuMicros }: Asked): string {
  return `${cpuMicros === null ? "-" : cpuMicros.toFixed(1)} (${(perSecond / 1000).toFixed(1)}k)`;
}

async function ask(
  client: ClientName,
  port: number,
  flights: number,
  count: number,
  more: readonly string[],
): Promise<Asked> {
  const child = Bun.spawn(
    [
      ...[process.execPath, join(import.meta.dir, "transport/asker.ts"), client, String(port)],
      ...[String(flights), String(count), seconds, ...more],
    ],
    { stdout: "pipe", env: { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: "8192" } },
  );
  return JSON.parse(await new Response(child.stdout).text()) as Asked;
}

/** A certificate for localhost that signs itself: paths of certificate and key. */
function makeCertificate(): [cert: string, key: string] {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const made = Bun.spawnSync([
    ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
    ...["-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost"],
    ...["-addext", "subjectAltName=DNS:localhost"],
  ]);
  if (made.exitCode !== 0) throw new Error("openssl could not make a certificate");
  return [cert, key];
}
