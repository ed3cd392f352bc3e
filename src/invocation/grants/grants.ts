/** What the worker of one invocation holds. Paths are absolute, hosts are `name:port`. */
export interface Grants {
  /** The command's words. */
  readonly command: string;
  /** The real paths of files that go by another name, by that name. */
  readonly places: Readonly<Record<string, string>>;
  readonly permissions: {
    net: true | string[];
    read: string[];
    write: string[];
    env: string[];
    run: string[];
    sys: false;
    ffi: false;
    import: false;
  };
}
