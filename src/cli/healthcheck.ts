// Asks the service of this container whether it is alive: exit code 0 when it is, else 1 with the reason. It stands alone and
// imports nothing, so that it costs some milliseconds. It reads --port, --host, PORT and HOST as the service does; without flags of its
// own it looks at those of the container's first process.

const deadlineMs = 2000;
const own = process.argv.slice(2);
const flags = own.length > 0 ? own : await flagsOfService();
const port = flagOf("--port") ?? (process.env["PORT"] || "4000");
const host = flagOf("--host") ?? (process.env["HOST"] || "127.0.0.1");
/** Where to reach a service that listens on all addresses. */
const loopback: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "[::1]" };

// What asks its own container has no business with the proxy for the internet.
for (const name of ["NO_PROXY", "no_proxy"]) process.env[name] = "*";

try {
  const address = loopback[host] ?? (host.includes(":") ? `[${host}]` : host);
  const { status } = await fetch(`http://${address}:${port}/health/liveliness`, {
    signal: AbortSignal.timeout(deadlineMs),
  });
  if (status === 200) process.exit(0);
  process.stderr.write(`the service answered with ${status}\n`);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`the service did not answer: ${reason}\n`);
}
process.exit(1);

/** What the first process was started with, where that is this service. */
async function flagsOfService(): Promise<string[]> {
  const line = await Bun.file("/proc/1/cmdline")
    .text()
    .catch(() => "");
  const words = line.split("\0");
  const main = words.findIndex((word) => word.endsWith("src/main.ts"));
  return main < 0 ? [] : words.slice(main + 1);
}

/** The last one counts, written as `--port 1` or as `--port=1`. */
function flagOf(name: string): string | null {
  let value: string | null = null;
  for (const [index, word] of flags.entries()) {
    if (word === name) value = flags[index + 1] ?? null;
    else if (word.startsWith(`${name}=`)) value = word.slice(name.length + 1);
  }
  return value === "" ? null : value;
}
