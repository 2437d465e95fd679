/**
 * The words of the wire in English, which all other languages follow: a word that is added here is missing there, and the
 * compiler says so. `{name}` is a placeholder; every language has the same ones.
 */
export const EN = {
  tag: "en",
  reviewed: true,
  words: {
    /** Between a label and the text that it labels. */
    colon: ": ",
    /** The label of breaking news, and the head of its list. */
    breaking: "Breaking news",
    /** Before a headline. */
    breakingShort: "Breaking",
    update: "Update",
    correction: "Correction",
    clarification: "Clarification",
    /** The title of a stub. */
    withdrawn: "Withdrawn",
    /** What a stub says where the newsroom says nothing. */
    withdrawnText: "This story has been withdrawn.",

    latest: "Latest stories",
    newStory: "New: {headline}",
    published: "Published {time}",
    updated: "Updated {time}",
    corrected: "Corrected",
    clarified: "Clarified",
    storyWithdrawn: "Story withdrawn",
    /** `{authors}`: a list of names. */
    by: "By {authors}",
    photo: "Photo: {credit}",
    readAt: "Read at {newsroom}",
    alsoIn: "Also in these feeds",
    /** Where a list of stories has none. */
    empty: "Nothing here yet",
    /** The heading of the page that stands where there is no document, and what it says. */
    missing: "There is nothing at this address",
    missingText: "The address may be mistyped, or the feed was taken away. The front page lists all feeds.",
    /** Under a list of stories whose page asks for new ones. */
    refreshes: "New stories appear here by themselves.",

    allFeeds: "All feeds",
    sections: "Sections",
    languages: "Languages",
    topics: "Topics",
    searchFeeds: "Search feeds",
    noFeedMatches: "No feed matches",
    subscribe: "Subscribe",
    /** `{reader}`: the name of a program that reads feeds. */
    subscribeIn: "Subscribe in {reader}",
    copyAddress: "Copy address",
    copied: "Copied",
    formats: "Formats",
    /** The link to a file with all feeds, which feed readers take. */
    feedsFile: "All feeds in one file (OPML)",
    lastChange: "Last change: {time}",
    whatIsAFeed: "What is a feed?",
    /** For people who have never heard of feeds. */
    feedExplained:
      "A feed brings new stories to you: copy its address into a feed reader, an app that shows each story as soon as it is published.",

    /** The name of a feed's own page; `{feed}` is the feed's title. */
    feedPage: "Page of {feed}",
    backToFeeds: "Back to all feeds",
    skip: "Skip to the stories",
    imprint: "Imprint",
    noPage: "This page does not exist",
    noPageText: "The address may be wrong, or the feed may have another name now.",
  },
  counts: {
    /** How often a feed reader asks. */
    interval: { one: "Checked every minute", other: "Checked every {n} minutes" },
    stories: { one: "{n} story", other: "{n} stories" },
    newStories: { one: "{n} new story", other: "{n} new stories" },
    feeds: { one: "{n} feed", other: "{n} feeds" },
  },
} as const;
