import { AR } from "./ar.ts";
import { EN } from "./en.ts";
import { ES } from "./es.ts";
import { FA } from "./fa.ts";
import { FR } from "./fr.ts";
import { ID } from "./id.ts";
import { KO } from "./ko.ts";
import type { Language } from "./language.ts";
import { RU } from "./ru.ts";
import { UK } from "./uk.ts";
import { ZH_HANS } from "./zh-hans.ts";
import { ZH_HANT } from "./zh-hant.ts";

/** The languages that the wire speaks: a file for each, and its row here. */
export const LANGUAGES: Language[] = [EN, AR, ES, FA, FR, ID, KO, RU, UK, ZH_HANS, ZH_HANT];
