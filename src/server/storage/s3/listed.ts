/** The members of a header that is a list; one pattern for comma and blanks takes long for many. */
export function listed(header: string): string[] {
  return header.split(",").map((member) => member.trim());
}
