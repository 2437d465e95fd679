/** The key that S3 would read from this path, which begins with a slash; undefined where the path holds no UTF-8. */
export function keyAt(path: string): string | undefined {
  try {
    return decodeURIComponent(path.slice(1));
  } catch {
    return undefined;
  }
}
