import { ACMClient, DescribeCertificateCommand } from "@aws-sdk/client-acm";
import { type Finding, fine, orUnknown, problem } from "./finding.ts";
import { ofType, type Template, textsOf } from "./template.ts";

/** CloudFront takes certificates from here only. */
const REGION = "us-east-1";

/**
 * Whether the certificate that a template names is issued, and for its domain:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
 */
export function certificateFindings(template: Template): Promise<Finding[]> {
  return orUnknown("The certificate", async () => {
    const found: Finding[] = [];
    for (const [, { DistributionConfig }] of ofType(template, "AWS::CloudFront::Distribution")) {
      const { Aliases, ViewerCertificate } = DistributionConfig as Record<string, Record<string, unknown>>;
      const arn = ViewerCertificate?.AcmCertificateArn;
      if (typeof arn === "string" && arn !== "") found.push(await findingOf(arn, textsOf(Aliases)));
    }
    return found;
  });
}

async function findingOf(CertificateArn: string, domains: string[]): Promise<Finding> {
  const where = `--region ${REGION} --certificate-arn ${CertificateArn}`;
  const client = new ACMClient({ region: REGION });
  const found = await client
    .send(new DescribeCertificateCommand({ CertificateArn }))
    .catch((error: Error) => {
      if (error.name === "ResourceNotFoundException") return undefined;
      throw error;
    });
  const certificate = found?.Certificate;
  if (certificate === undefined)
    return problem(
      `This account has no certificate ${CertificateArn}.`,
      `aws acm list-certificates --region ${REGION}, and write the ARN of one into the site file`,
    );
  const { Status = "unknown", DomainName = "", SubjectAlternativeNames = [] } = certificate;
  if (Status !== "ISSUED")
    return problem(
      `The certificate of ${DomainName} is not issued; its state is ${Status}.`,
      `aws acm describe-certificate ${where} says which DNS record ACM waits for`,
    );
  const names = [DomainName, ...SubjectAlternativeNames];
  const missing = domains.find((domain) => !names.some((name) => covers(name, domain)));
  if (missing !== undefined)
    return problem(
      `The certificate is for ${names.join(", ")}, not for ${missing}.`,
      `aws acm request-certificate --region ${REGION} --domain-name ${missing} --validation-method DNS`,
    );
  return fine(`The certificate of ${domains.join(", ")} is issued.`);
}

/** A star stands for one label: *.example.org covers wire.example.org, and neither a.wire.example.org nor example.org. */
export function covers(name: string, domain: string): boolean {
  if (!name.startsWith("*.")) return name.toLowerCase() === domain;
  return domain.slice(domain.indexOf(".")) === name.slice(1).toLowerCase();
}
