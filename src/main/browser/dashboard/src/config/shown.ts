import { useI18n } from 'vue-i18n';
import { useFormat } from '@/words/format';
import { keyWord, type ConfigEntry } from './config';

/** A value as people read it: numbers with their unit, words by their meaning. */
export function useShownValue(): (entry: ConfigEntry, value: string | null) => string {
  const { t, te } = useI18n();
  const format = useFormat();
  return (entry, value) => {
    if (value === null) {
      return '–';
    }
    const word = keyWord(entry.key);
    if (entry.type === 'number') {
      const unit = `config.keys.${word}.unit`;
      return `${format.number(Number(value))}${word !== undefined && te(unit) ? ` ${t(unit)}` : ''}`;
    }
    const meaning = `config.choices.${value}`;
    return te(meaning) ? t(meaning) : value;
  };
}
