/** Completion scripts of shells, written whole from the command tree: they start no program. */
import { type AnyCommand, commandsOf, factsOf, type Row } from "../terminal/command_facts.ts";

/** The shells that there is a script for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = typeof SHELLS[number];

/** What may follow the words of a command. */
interface Place {
  /** The words, such as `db query`; empty for the program itself. */
  readonly words: string;
  readonly commands: readonly Row[];
  /** Every flag by itself. */
  readonly options: readonly Row[];
  /** The flags that take the next word. */
  readonly valued: readonly string[];
  /** What each operand may be: nothing where that is left to the shell, which knows files. */
  readonly operands: readonly (readonly string[])[];
}

/** The script of a shell for the whole tree. */
export async function completionScript(shell: Shell, tree: AnyCommand): Promise<string> {
  const places = await placesOf(tree);
  return { bash, zsh, fish }[shell](places);
}

async function placesOf(command: AnyCommand): Promise<Place[]> {
  const { path, commands } = factsOf(command);
  const options = command.getOptions();
  const takesValue = ({ args }: { args: readonly { optional?: boolean }[] }) =>
    args.length > 0 && !args[0]!.optional;
  const place = {
    words: path.split(" ").slice(1).join(" "),
    commands,
    options: options.flatMap(({ flags, description }) =>
      flags.map((flag): Row => [flag, description.split("\n")[0]!])
    ),
    valued: options.filter(takesValue).flatMap(({ flags }) => flags),
    operands: await operandsOf(command),
  };
  return [place, ...(await Promise.all(commandsOf(command, false).map(placesOf))).flat()];
}

async function operandsOf(command: AnyCommand): Promise<string[][]> {
  const values = command.getArguments().map(({ action }) => command.getCompletion(action))
    .map((completion) => completion?.complete(command, command.getParent()));
  const lists = await Promise.all(values);
  return lists.map((list) => Array.isArray(list) ? list.map(String) : []);
}

/** What may stand at a place of the command line: its commands, or what its operands may be. */
function wordsAt({ words, commands, operands }: Place): [place: string, rows: readonly Row[]][] {
  const first: [string, readonly Row[]][] = commands.length > 0 ? [[`${words}/0`, commands]] : [];
  return [
    ...first,
    ...operands.map((names, index): [string, Row[]] => [
      `${words}/${index}`,
      names.map((name): Row => [name, ""]),
    ]),
  ].filter(([, rows]) => rows.length > 0);
}

/** The flags that take the next word, of any command: such a word names none. */
function valuedFlags(places: readonly Place[]): string[] {
  return [...new Set(places.flatMap(({ valued }) => valued))];
}

/**
 * Code of bash and zsh: the words before the cursor that name a command in `at`, how many not in
 * `rest`. The word `help` stands before them, or among them.
 */
function walk(places: readonly Place[]): string[] {
  const patterns = places.filter(({ words }) => words !== "").map(({ words }) => `'${words}'`);
  return [
    `    if [[ -n $value ]]; then value=; continue; fi`,
    `    case $word in ${valuedFlags(places).join("|")}) value=1; continue ;; esac`,
    `    case "\${at:+$at }$word" in`,
    `      help|*' help') ;;`,
    `      ${patterns.join("|")}) at="\${at:+$at }$word" ;;`,
    `      *) case $word in -*) ;; *) rest=$((rest + 1)) ;; esac ;;`,
    `    esac`,
  ];
}

function bash(places: readonly Place[]): string {
  const list = (rows: readonly Row[]) => rows.map(([name]) => name).join(" ");
  return [
    "# bash completion of insforge: source it, or put it where bash-completion looks.",
    "_insforge() {",
    "  local cur=${COMP_WORDS[COMP_CWORD]} at= rest=0 word index names= options= valued= value=",
    "  for ((index = 1; index < COMP_CWORD; index++)); do",
    "    word=${COMP_WORDS[index]}",
    ...walk(places),
    "  done",
    "  case $at in",
    ...places.map(({ words, options, valued }) =>
      `    '${words}') options='${list(options)}' valued=' ${valued.join(" ")} ' ;;`
    ),
    "  esac",
    "  case $at/$rest in",
    ...places.flatMap(wordsAt).map(([place, rows]) => `    '${place}') names='${list(rows)}' ;;`),
    "  esac",
    "  COMPREPLY=()",
    '  [[ $valued == *" ${COMP_WORDS[COMP_CWORD - 1]} "* ]] && return',
    "  [[ $cur == -* ]] && names=$options",
    '  COMPREPLY=($(compgen -W "$names" -- "$cur"))',
    "}",
    "complete -o default -F _insforge insforge",
    "",
  ].join("\n");
}

function zsh(places: readonly Place[]): string {
  const item = ([name, text]: Row) =>
    quoted([name, ...(text ? [text] : [])].map((part) => part.replaceAll(":", "\\:")).join(":"));
  const items = (rows: readonly Row[]) => `(${rows.map(item).join(" ")})`;
  return [
    "#compdef insforge",
    "_insforge() {",
    "  local at= rest=0 word value=",
    "  local -a names options valued",
    '  for word in "${(@)words[2,CURRENT-1]}"; do',
    ...walk(places),
    "  done",
    "  case $at in",
    ...places.map(({ words, options, valued }) =>
      `    '${words}') options=${items(options)} valued=(${valued.join(" ")}) ;;`
    ),
    "  esac",
    "  case $at/$rest in",
    ...places.flatMap(wordsAt).map(([place, rows]) => `    '${place}') names=${items(rows)} ;;`),
    "  esac",
    "  if (( ${valued[(Ie)${words[CURRENT-1]}]} )); then _files",
    "  elif [[ ${words[CURRENT]} == -* ]]; then _describe -o option options",
    "  elif (( $#names )); then _describe word names",
    "  else _files",
    "  fi",
    "}",
    "compdef _insforge insforge",
    "",
  ].join("\n");
}

function fish(places: readonly Place[]): string {
  const known = places.map(({ words }) => words).filter((words) => words !== "");
  return [
    "function __insforge_at",
    "  set -l at",
    "  set -l rest 0",
    "  set -l value 0",
    "  for word in (commandline -opc)[2..-1]",
    "    if test $value = 1",
    "      set value 0",
    `    else if contains -- $word ${valuedFlags(places).join(" ")}`,
    "      set value 1",
    '    else if contains -- (string join " " $at $word) ' +
    known.map((words) => `'${words}'`).join(" "),
    "      set -a at $word",
    "    else if not string match -q -- '-*' $word; and test $word != help",
    "      set rest (math $rest + 1)",
    "    end",
    "  end",
    '  string match -q -- "$argv[1]" (string join " " $at)/$rest',
    "end",
    ...places.flatMap((place) => [
      ...wordsAt(place).flatMap(([at, rows]) =>
        rows.map(([name, text]) =>
          `complete -c insforge -n ${quoted(`__insforge_at "${at}"`)} -f -a ${quoted(name)} ` +
          `-d ${quoted(text)}`
        )
      ),
      ...place.options.map(([flag, text]) =>
        `complete -c insforge -n ${quoted(`__insforge_at "${place.words}/*"`)} ${fishFlag(flag)}` +
        `${place.valued.includes(flag) ? " -r" : ""} -d ${quoted(text)}`
      ),
    ]),
    "",
  ].join("\n");
}

function fishFlag(flag: string): string {
  return flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
}

/** A word as every POSIX shell and fish takes it. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "'\\''")}'`;
}
