import { Database } from "../../src/server/database/client.ts";
import { PgliteEngine } from "../../src/server/database/pglite_engine.ts";
import { LogFile, Logger } from "../../src/server/logs/log_file.ts";

/** A database in a folder of a test's own. @param statementTimeout in milliseconds */
export function openTestDatabase(dataDir: string, statementTimeout = 30_000): Database {
  const logger = new Logger(new LogFile(`${dataDir}/log`), () => new Date());
  return new Database({ engine: new PgliteEngine({ dataDir, logger }), statementTimeout });
}
