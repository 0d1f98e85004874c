/** `secretmanager.secrets.create`, as Google's APIs write it in their several sentences. */
const PERMISSION =
  /\b((?:run|cloudbuild|storage|artifactregistry|secretmanager|serviceusage|iam|resourcemanager|logging|compute|cloudbilling|billing|orgpolicy|vpcaccess)\.[a-zA-Z]{1,40}\.[a-zA-Z]{1,40})\b/;
const ACCOUNT = String.raw`([\w.+-]{1,64}@[\w.-]{1,200}\.gserviceaccount\.com)`;
/** A refusal can also name the caller, which may be a service account as well. */
const MEANT = new RegExp(String.raw`service ?accounts?\W{1,3}${ACCOUNT}`, 'i');
const ANY = new RegExp(ACCOUNT);
const CONSTRAINT =
  /\b(?:(?:constraints|customConstraints)\/|constraint ['"]?)([a-z][\w-]{0,50}(?:\.[\w-]{1,100}){1,4})/i;

export function permissionOf(said: string): string | undefined {
  return PERMISSION.exec(said)?.[1];
}

export function accountOf(said: string): string | undefined {
  return (MEANT.exec(said) ?? ANY.exec(said))?.[1];
}

/** Without its prefix: `gcp.resourceLocations`. */
export function constraintOf(said: string): string | undefined {
  return CONSTRAINT.exec(said)?.[1];
}

interface ImageName {
  readonly location: string;
  readonly project: string;
  readonly repository: string;
}

export function imageIn(said: string): ImageName | undefined {
  const [, location, project, repository] =
    /\b([a-z0-9-]{1,40})-docker\.pkg\.dev\/([a-z][a-z0-9.:-]{1,60})\/([a-z0-9-]{1,63})\//.exec(said) ?? [];
  return location === undefined || project === undefined || repository === undefined
    ? undefined
    : { location, project, repository };
}
