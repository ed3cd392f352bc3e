import { CompletionsCommand } from "@cliffy/command/completions";
import type { AnyCommand } from "../tree.ts";

/** `insforge completions`: the library prints scripts that ask this program for suggestions. */
export const completions = () => new CompletionsCommand() as unknown as AnyCommand;
