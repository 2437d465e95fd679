/** A right of a function: these actions on this resource. */
export const allow = (Action: string | string[], Resource: object) => ({ Effect: "Allow", Action, Resource });

/** The role of one function, with a policy of the function's name. */
export function functionRole(name: string, rights: ReturnType<typeof allow>[]) {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      },
      Policies: [{ PolicyName: name, PolicyDocument: { Version: "2012-10-17", Statement: rights } }],
    },
  };
}
