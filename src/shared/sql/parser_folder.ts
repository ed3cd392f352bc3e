/** Where the parsers lie among the prepared files: apart from their loader, which is large. */
export const PARSER_FOLDER = "parser";
