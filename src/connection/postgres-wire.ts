// The connection to PostgreSQL that the driver is given: dialled, and secured where the URL asks for it. TLS is agreed on here
// because the driver's own way waits for ever on a server without TLS, and its failures are ones that nobody can catch.

import { readFile } from "node:fs/promises";
import { isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { dial, type Endpoint } from "./dial.ts";
import type { PostgresPlace } from "./postgres-url.ts";

/** Length and code of the SSLRequest message (PostgreSQL, "Message Formats"). */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** A socket on which the startup message may follow; destroyed when `signal` aborts. */
export async function dialPostgres(
  place: PostgresPlace,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await dial(endpoint, signal);
  if (place.tls === "disable") return socket;
  if (await offersTls(socket)) return await secured(socket, place);
  if (place.tls === "prefer") return socket;
  socket.destroy();
  throw new Error(`the server offers no TLS, but the URL asks for sslmode=${place.tls}`);
}

function offersTls(socket: Socket): Promise<boolean> {
  return new Promise((resolve, reject) => {
    socket.once("close", () => reject(new Error("the connection was closed before TLS")));
    // Exactly one byte: more would be words put into the server's mouth before TLS.
    socket.once("data", (bytes: Buffer) => resolve(bytes.length === 1 && bytes.toString() === "S"));
    socket.write(sslRequest);
  });
}

async function secured(socket: Socket, place: PostgresPlace): Promise<Socket> {
  const { tls, host, rootCertificateFile } = place;
  const ca = rootCertificateFile === null ? null : await readFile(rootCertificateFile, "utf8");
  return await new Promise((resolve, reject) => {
    const wrapped = connectTls({
      socket,
      rejectUnauthorized: tls === "verify-ca" || tls === "verify-full",
      // What the certificate must be for. A server name is never an address: TLS has no room for one.
      ...(host === null ? {} : isIP(host) !== 0 ? { host } : { host, servername: host }),
      ...(ca === null ? {} : { ca }),
      ...(tls === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
    });
    wrapped.on("error", reject);
    wrapped.once("close", () => reject(new Error("the connection was closed during TLS")));
    wrapped.once("secureConnect", () => resolve(wrapped));
  });
}
