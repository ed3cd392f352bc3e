import { CompletionsCommand } from "@cliffy/command/completions";
import type { AnyCommand } from "../../terminal/command_facts.ts";

/** `insforge completions`: the library prints scripts that ask this program for suggestions. */
export const completions = () => new CompletionsCommand() as unknown as AnyCommand;
