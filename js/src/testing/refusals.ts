// Why a signature is wrong, in the words of the package's doctor, for whoever looks at the page.

/** The doctor of the package. The gateway judges by itself; the doctor explains what it has refused. */
type Doctor = typeof import('../doctor.js');
type Diagnosis = import('../doctor.js').Diagnosis;

/** The languages of the doctor. */
export type Language = import('../doctor.js').Language;

/** Asks the doctor about one call. */
export type Explain = (doctor: Doctor, lang: Language) => Diagnosis | Promise<Diagnosis>;

/** Returns the mistake, such as `key-whitespace`, and the text that WeChat would have verified, without a key. */
export async function explained(explain: Explain, lang: Language) {
  const { causes, signedText } = await explain(require('../doctor.js') as Doctor, lang);
  const { code, message, fix } = causes[0] ?? OTHER[lang];
  return { code, message, fix, signedText };
}

/** A signature that the doctor finds right. The gateway has refused it for its time, its serial or its header. */
const OTHER = {
  en: { code: 'other', message: 'The signature itself is right.', fix: 'Read the message of the answer.' },
  zh: { code: 'other', message: '签名本身正确。', fix: '请看应答中的说明。' },
};
