/**
 * Code that functions make of strings, as validators and template engines do. The compiled
 * program's module loader asks for no permission when it imports a file: so no such code may
 * import. A keyword has no other spelling than its letters, since escapes are refused in it.
 *
 * A function can replace whatever it reaches: what is used here to look at a text is held since
 * before it ran, and each part becomes a string once.
 */
const IMPORT = /(?<![\w$])import(?![\w$])/;
const { exec } = RegExp.prototype;
const { apply } = Reflect;

/** Lets `eval` and the constructors of functions take what does not import. */
export function guardCodeFromStrings(): void {
  const { eval: evaluate } = globalThis;
  define(globalThis, "eval", function (code: unknown) {
    if (typeof code !== "string") return code;
    refuseImport(code);
    return evaluate(code);
  });
  const samples = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const sample of samples) {
    const prototype = Object.getPrototypeOf(sample);
    const make: (...parts: string[]) => unknown = prototype.constructor;
    const guarded = function (...parts: unknown[]) {
      for (let index = 0; index < parts.length; index++) {
        const text = `${parts[index]}`;
        // Between the parts stand a comma, brackets and ends of lines: no word goes across.
        refuseImport(text);
        parts[index] = text;
      }
      return apply(make, undefined, parts);
    };
    // What asks `instanceof Function`, or for the name, goes on working.
    guarded.prototype = prototype;
    define(guarded, "name", prototype.constructor.name);
    hold(prototype, "constructor", guarded);
    if (prototype === Function.prototype) define(globalThis, "Function", guarded);
  }
  for (const name of ["setTimeout", "setInterval"]) {
    const original = (globalThis as unknown as Record<string, unknown>)[name] as (
      ...values: unknown[]
    ) => unknown;
    define(globalThis, name, (work: unknown, ...rest: unknown[]) => {
      if (typeof work === "function") return original(work, ...rest);
      throw new EvalError(`${name} takes a function, and no code from strings, in a function`);
    });
  }
}

function refuseImport(code: string): void {
  if (apply(exec, IMPORT, [code]) === null) return;
  throw new EvalError("code that a function makes of a string cannot import");
}

/** Has all that inherits from an object keep a value; what is given another has it for itself. */
export function hold(prototype: object, name: string, value: unknown): void {
  const { defineProperty } = Object;
  // By this, packages that look for what is built in tell such a getter from others.
  const get = Object.assign(() => value, { originalValue: value });
  const set = function (this: unknown, own: unknown) {
    if (this === prototype) return;
    const property = { value: own, writable: true, enumerable: true, configurable: true };
    defineProperty(this, name, property);
  };
  defineProperty(prototype, name, { get, set, configurable: false });
}

/** Gives something a value under a name that a function cannot change. */
export function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: false, writable: false });
}
