import type { Secret } from './secret.ts';

export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  readonly password?: Secret | undefined;
  readonly tls: boolean;
  /** A PEM file. Absent: the system's certificate authorities decide. */
  readonly caFile?: string | undefined;
  readonly ca?: string | undefined;
  /** The name in its certificate, where that is not the host. */
  readonly serverName?: string | undefined;
}

export const REDIS_VARIABLES: readonly string[] = [
  ...['REDISHOST', 'REDISPORT', 'REDISUSER', 'REDISPASS', 'REDISPASS_FILE'],
  ...['REDISTLS', 'REDISCA', 'REDISCA_FILE'],
];

/** The password's value is not among them: it stays where it is stored. */
export function serviceVariables(connection: Connection): Readonly<Record<string, string>> {
  const { host, port, user, password, tls, caFile, ca } = connection;
  return {
    REDISHOST: host,
    REDISPORT: String(port),
    ...(user !== undefined && { REDISUSER: user }),
    ...(password && 'file' in password && { REDISPASS_FILE: password.file }),
    ...(tls && { REDISTLS: 'true' }),
    ...(caFile !== undefined && { REDISCA_FILE: caFile }),
    ...(ca !== undefined && { REDISCA: ca }),
  };
}

export function describeConnection({ host, port, tls }: Connection): string {
  return `${tls ? 'rediss' : 'redis'}://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}
