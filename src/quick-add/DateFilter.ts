import type * as chrono from "chrono-node"
import { isDate as isPlainDate } from "../domain/Due.ts"
import type { Language } from "../domain/QuickAdd.ts"
import { patternsIn } from "./DatePatterns.ts"
import { unitOfAmount } from "./Patterns.ts"
import { dateOf, dayOfMonthTag, hasDay, isRelative, localDate } from "./Results.ts"

const isPast = (result: chrono.ParsedResult, localTime: Date) =>
  dateOf(result.start) < localDate(localTime) ||
  (isRelative(result) && result.start.isCertain("hour") && result.start.date() < localTime)

// Days that are part of a name, "Guten Morgen", "Easter Monday", "Mardi Gras", or of a later day, "Friday week".
const nameBefore = /(?:guten|goede|witte|black|cyber|good|ash|easter|palm|shrove|maundy|whit|giving|taco) $/i

// "Afgelopen zondag", "seit Montag", "hace dos semanas", "in 2 and a half hours", and "übernächsten Freitag", a later one.
const otherDayBefore =
  /(?<!\p{L})(?:last|past|previous|since|afgelopen|vorige|verleden|sinds|letzte[nr]?|vergangene[nr]?|vorige[nr]?|seit|depuis|hace|há|faz|[uü]e?ber-?n[aä]e?chste[nr]?|and an?) $/iu

// "Sunday of last week", "Mittwoch vor zwei Wochen", "domingo passado", "Friday after next".
const otherDayAfter =
  /^ (?:(?:(?:of|from|der|de la|da|de) )?(?:(?:last|past|previous|letzte[rn]|vergangene[rn]|vorige[rn]?|afgelopen) |(?:semana |semaine )?(?:pasad[oa]|passad[oa]|derni[èe]re?))|after next|vor \S+ (?:tagen|wochen|monaten)|(?:\S+ )?\S+ ago|geleden)(?!\p{L})/iu
const nameAfter =
  /^ (?:gras|pasad[oa]|school|saint|sant[ao]|de (?:p[aâ]ques|pentec[oô]te|pascua|páscoa|ramos|ceniza|cinzas|carnaval)|de l['’]ascension|des (?:cendres|rameaux)|week|and a half|et demie?|y media|e meia|[uú]teis|h[aá]biles|laborables|ouvrables|ouvrés|en (?:huit|quinze|8|15))\b/i

/** Whether a day in front of a text is a part of a name: "lundi de Pâques". */
export const isPartOfName = (after: string) => nameAfter.test(after)

export const ofBefore = /(?<!\p{L})(?:of|von|van|de|du|del|d[ao]) $/iu

/** Whether a day behind a text says which one something is, rather than when: "the minutes of Monday". */
export const isAttribute = (before: string, language: Language) =>
  ofBefore.test(before) && !patternsIn(language).before.test(before)

/** "3h de musique", and "de 9 a 10" without its end. */
const isAmount = (found: string, after: string) =>
  (/\dh$/i.test(found) && /^\s+d(?:e\s|')/i.test(after)) || (/\sa$/i.test(found) && /^\s+\d/.test(after))

const isLast =
  /(?:^(?:\p{L}+ )?|(?:of|from) )(?:last(?! day)|past|letzte(?!n tag)|vorige|afgelopen|verleden)|(?:dernier|pasado|passad[oa])$/iu

const isShortDate = (text: string) => /^\d{1,2}\/\d{1,2}(?:\.(?:\d\d)?)?$/.test(text)

const isFraction = (text: string) => /^(?:1\/[2-8]|2\/3|3\/4)$/.test(text)

/** "Sun" may be the star, "3/4" a fraction, and "3 days" a duration. */
export const isDate = (text: string, result: chrono.ParsedResult, language: Language, localTime: Date) => {
  const { end, index, start, text: found } = result
  const [before, after] = [text.slice(0, index), text.slice(index + found.length)]
  const own = patternsIn(language)
  // "Tomorrow's lunch", "monday.com", "1 Jan 10000", "06-12-34-56-78", "GMT+01:00", "#friday".
  if (end || /[\p{L}\p{N}+-]$/u.test(before) || /^(?:['’.@/_-]\p{L}|[./-]{0,2}\d)/u.test(after)) return false
  // "14 Jan, 15 Feb" is not January 15.
  if (/\d(?:st|nd|rd|th)? $/.test(before) && /, \d{1,2}(?:st|nd|rd|th)?$/.test(found)) return false
  if (!isPlainDate(dateOf(start))) return false
  if (hasDay(result) && (/[#\\/]$/.test(before) || isLast.test(found.trim()))) return false
  if (start.isCertain("timezoneOffset") && !isRelative(result)) return false
  // "Ir al mar" is to go to the sea, and "5 km" on "March 5 km" no day.
  if (nameBefore.test(before) || nameAfter.test(after) || /^mar$/i.test(found)) return false
  if (hasDay(result) && (otherDayBefore.test(before) || otherDayAfter.test(after))) return false
  // "Demain ou lundi" is two days, and "in a second hand shop" none.
  if ((hasDay(result) && own.orDay.test(after)) || /\bseconds?$/i.test(found)) return false
  // "13 t/m 15 juli", "14. - 15.10.", "le 15 et le 20".
  if ((/^\d/.test(found) || start.tags().has(dayOfMonthTag)) && own.rangeBefore.test(before)) return false
  // "Toda la mañana" is the morning, and "three days after Easter" no known day.
  if (
    (/^ma[nñ]ana/i.test(found) && /(?<!\p{L})la $/iu.test(before)) ||
    (/\s(?:after|before)$/i.test(found) && /^\s+\p{L}/u.test(after))
  )
    return false
  if (/\d$/.test(found) && unitOfAmount.test(after)) return false
  // "Last minute gifts", "the invoice of 3 May 2024".
  if (isPast(result, localTime)) return false
  // "2 uur" is rather a duration.
  if (/^(?:(?:\d|1[0-2]) uur|mer|ma|zo|so|vrij)$/i.test(found) && !/^\.\s*\S/.test(after) && !own.before.test(before))
    return false
  if (start.isCertain("weekday") && !start.isCertain("day")) {
    // "The first Monday of the month", "Friday the 13th movie".
    if (own.nth.test(before) || own.monthdayAfter.test(after)) return false
    // "Monday and Tuesday", "at 8, 12 and 18" are several tasks.
    if (own.daysBefore.test(before) || own.daysAfter.test(found.trim().endsWith(",") ? `,${after}` : after))
      return false
  }
  if (!hasDay(result) && (own.timesBefore.test(before) || own.timesAfter.test(after) || isAmount(found, after)))
    return false
  const isFollowed = own.followed.test(after.replace(own.after, ""))
  // "The 9 o'clock train".
  if (!hasDay(result) && isFollowed && own.article.test(before)) return false
  if (found === "24/7" && !own.before.test(before)) return false
  if (isShortDate(found) && isFollowed && !own.before.test(before)) return before.trim() === "" && !isFraction(found)
  if (own.ambiguous.test(found.trim())) {
    return own.before.test(before) || (before.trim() !== "" && !isFollowed && !own.article.test(before))
  }
  return !(
    isRelative(result) &&
    /^(?:\d|an? |the |one |una? |uma? |une? |eine[rn]? |een |(?:for|twice|für|de|pendant|pour|durante|por|voor) )/i.test(
      found
    ) &&
    !/(?:from now|later)$|\s(?:from|after|before)\s/i.test(found)
  )
}
