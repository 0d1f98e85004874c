/**
 * What every file of a build context has besides its content, because a layer consists of it too: whatever umask was in
 * force when it was written, the user that the service runs as can read it, and the same content is the same layer.
 */
export const LAYER = { mtime: new Date('2000-01-01T00:00:00Z'), folderMode: 0o755, fileMode: 0o644 } as const;
