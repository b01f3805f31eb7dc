// The language of the command: English or Chinese, by the locale or by `--lang`.

/** The languages of the command. */
export type Language = 'en' | 'zh';

/** One text in each language. */
export type Text = Readonly<Record<Language, string>>;

/** The languages, in the order of the help. */
export const LANGUAGES: readonly Language[] = ['en', 'zh'];

/** The language of the arguments. Without `--lang` it is that of the locale: Chinese for `zh_CN` and its kind, otherwise English. */
export function languageOf(args: readonly string[], env: NodeJS.ProcessEnv): Language {
  const at = args.findIndex((one) => one === '--lang' || one.startsWith('--lang='));
  const named = args[at] === '--lang' ? args[at + 1] : args[at]?.slice('--lang='.length);
  const found = LANGUAGES.find((one) => one === named);
  if (found !== undefined) return found;
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || Intl.DateTimeFormat().resolvedOptions().locale;
  return /^zh\b|^zh_/i.test(locale) ? 'zh' : 'en';
}
