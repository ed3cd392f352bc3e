/** Answers clients of PostgreSQL up to their password; prints the port. */
import { listenForClients } from "../../src/server/database/wire/listen.ts";

const { port } = listenForClients({} as never, {} as never, [0]);
console.log(port);
