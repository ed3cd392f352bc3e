/** Takes out of a map what has been in it longest, until it holds no more than `most` entries. */
export function forgetOldest<K>(map: Map<K, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
