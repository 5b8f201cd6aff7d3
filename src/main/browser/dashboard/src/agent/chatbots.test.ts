import { describe, expect, it } from 'vitest';
import { hindranceOf } from './chatbots';

describe('a chatbot', () => {
  const whatsapp_number = '6281100000001';
  const endpoint_url = 'https://bot.example.com/run';

  it('needs an endpoint and a device with its number', () => {
    expect(hindranceOf({ whatsapp_number, endpoint_url: null }, whatsapp_number)).toBe('endpoint');
    expect(hindranceOf({ whatsapp_number, endpoint_url }, '6281100000002')).toBe('number');
    expect(hindranceOf({ whatsapp_number, endpoint_url }, null)).toBe('number');
    expect(hindranceOf({ whatsapp_number, endpoint_url }, whatsapp_number)).toBeUndefined();
    expect(hindranceOf({ whatsapp_number, endpoint_url }, undefined)).toBeUndefined();
  });
});
