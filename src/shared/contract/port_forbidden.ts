/** The system lets this user listen on none of the ports: those below 1024, or kept for others. */
export class PortForbidden extends Error {
  override name = "PortForbidden";

  constructor(port: number) {
    super(`The system does not let this user listen on port ${port}.`);
  }
}
