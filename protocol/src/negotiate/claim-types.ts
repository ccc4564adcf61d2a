// Claim types on both sides of a token (upstream-and-emulator Appendix A): short names in the token, URIs outside.

/** Prefix of the URIs, then `short=suffix` or, when both are the same, the suffix alone. */
const TABLE: Readonly<Record<string, string>> = {
  'http://schemas.xmlsoap.org/ws/2009/09/identity/claims/': 'actort=actor',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/': `
    birthdate=dateofbirth email=emailaddress family_name=surname gender given_name=givenname nameid=nameidentifier
    sub=nameidentifier website=webpage unique_name=name certpublickey=rsa certthumbprint=thumbprint denyonlysid
    ppid=privatepersonalidentifier upn`,
  'http://schemas.microsoft.com/identity/claims/': `
    oid=objectidentifier scp=scope tid=tenantid idp=identityprovider`,
  'http://schemas.microsoft.com/claims/': 'acr=authnclassreference amr=authnmethodsreferences',
  'http://schemas.xmlsoap.org/claims/': 'adfs1email=EmailAddress adfs1upn=UPN commonname=CommonName group=Group',
  'http://schemas.microsoft.com/ws/2008/06/identity/claims/': `
    authmethod=authenticationmethod certserialnumber=serialnumber denyonlyprimarygroupsid denyonlyprimarysid groupsid
    primarygroupsid primarysid role roles=role winaccountname=windowsaccountname`,
  'http://schemas.microsoft.com/2012/12/certificatecontext/extension/': `
    certapppolicy=applicationpolicy certauthoritykeyidentifier=authoritykeyidentifier
    certbasicconstraints=basicconstraints certeku=eku certkeyusage=keyusage certpolicy=certificatepolicy
    certsubjectaltname=san certsubjectkeyidentifier=subjectkeyidentifier
    certtemplateinformation=certificatetemplateinformation certtemplatename=certificatetemplatename`,
  'http://schemas.microsoft.com/2012/12/certificatecontext/field/': `
    certissuer=issuer certissuername=issuername certnotafter=notafter certnotbefore=notbefore certrawdata=rawdata
    certsignaturealgorithm=signaturealgorithm certsubject=subject certsubjectname=subjectname
    certx509version=x509version`,
  'http://schemas.microsoft.com/2012/01/requestcontext/claims/': `
    clientapplication=x-ms-client-application clientip=x-ms-client-ip clientuseragent=x-ms-client-user-agent
    endpointpath=x-ms-endpoint-absolute-path forwardedclientip=x-ms-forwarded-client-ip proxy=x-ms-proxy
    relyingpartytrustid`,
  'http://schemas.microsoft.com/2012/01/devicecontext/claims/': `
    devicedispname=displayname deviceid=identifier deviceismanaged=ismanaged deviceostype=ostype
    deviceosver=osversion deviceowner=userowner deviceregid=registrationid isregistereduser`,
  'http://schemas.microsoft.com/ws/2012/01/': `
    insidecorporatenetwork pwdchgurl=passwordchangeurl pwdexpdays=passwordexpirationdays
    pwdexptime=passwordexpirationtime`,
};

/** The claim type that says who a user is. */
export const NAME_IDENTIFIER_CLAIM_TYPE = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier';
/** The claim type of a user's display name. */
export const NAME_CLAIM_TYPE = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name';
/** The claim type of a role. */
export const ROLE_CLAIM_TYPE = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';

const inbound = new Map<string, string>();
const outbound = new Map<string, string>();
for (const [prefix, names] of Object.entries(TABLE)) {
  for (const entry of names.trim().split(/\s+/)) {
    const [short = '', suffix = short] = entry.split('=');
    const type = `${prefix}${suffix}`;
    inbound.set(short, type);
    // Of two names with one type, tokens are written with the first.
    if (!outbound.has(type)) outbound.set(type, short);
  }
}

/** The claim type of a name in a token; names that the table does not know stay as they are. */
export function claimTypeOf(name: string): string {
  return inbound.get(name) ?? name;
}

/** The name that a claim type has in a token; types that the table does not know stay as they are. */
export function claimNameOf(type: string): string {
  return outbound.get(type) ?? type;
}
