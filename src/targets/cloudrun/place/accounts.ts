const OF_PROJECT = /@([a-z0-9-]+)(?:\.([a-z0-9.-]+))?\.iam\.gserviceaccount\.com$/;
/** Begins with the number of the project. */
const DEFAULT = /^(\d+)-compute@developer\.gserviceaccount\.com$/;

/** @param otherwise the project where the e-mail names none, as in accounts that Google made */
export function homeOf(email: string, otherwise: string): string {
  const [, project, domain] = OF_PROJECT.exec(email) ?? [];
  if (project === undefined) return otherwise;
  return domain === undefined ? project : `${domain}:${project}`;
}

/**
 * An account may be of another project than the service. The wildcard `-` stands for a project that its e-mail does not
 * have; where there is one, Google asks for it, because with the wildcard a missing account is a 403 and not a 404:
 * https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/get
 */
export function accountUrl(email: string): string {
  const home = homeOf(email, DEFAULT.exec(email)?.[1] ?? '-');
  return `https://iam.googleapis.com/v1/projects/${home}/serviceAccounts/${email}`;
}

export function enableAccount(email: string, otherwise: string): string {
  return `Enable it: gcloud iam service-accounts enable ${email} --project=${homeOf(email, otherwise)}   Or name another: --service-account EMAIL`;
}
