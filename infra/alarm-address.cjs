"use strict";

/** What a deploy says at its end where no address gets the mails of the alarms: lines for the terminal. None where one does. */
exports.warningOf = function warningOf({ Resources }, stage) {
  const types = Object.values(Resources).map(({ Type }) => Type);
  if (types.includes("AWS::SNS::Subscription")) return [];
  const alarms = types.filter((type) => type === "AWS::CloudWatch::Alarm").length;
  return [
    "",
    `NOBODY IS TOLD WHEN THIS WIRE FAILS: its ${alarms} alarms have no address.`,
    `Write one into the site file, aws: { stages: { ${stage}: { alarmEmail: "desk@example.org" } } }, and deploy again.`,
    "AWS then sends a mail that must be confirmed. See docs/operations.md, Settings of a stage.",
    "",
  ];
};
