import { CompletionsCommand } from "@cliffy/command/completions";
import type { AnyCommand } from "../../cli/command_tree.ts";

/** `insforge completions`: the library prints scripts that ask this program for suggestions. */
export const completions = () => new CompletionsCommand() as unknown as AnyCommand;
