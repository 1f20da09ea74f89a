/**
 * The voices each model answers with (section 2.3). Names are matched exactly: case, spaces and the one
 * non-ASCII letter count. Data only.
 */

const split = (list: string): readonly string[] => Object.freeze(list.split(', '));

export const TURBO_VOICES = split('Cherry, Serena, Ethan, Chelsie');

/** The snapshot `qwen3-omni-flash-realtime-2025-09-15`. */
export const FLASH3_FIRST_VOICES = split(
  'Cherry, Ethan, Nofish, Jennifer, Ryan, Katerina, Elias, Jada, Dylan, Sunny, Li, Marcus, Roy, Peter, ' +
    'Rocky, Kiki, Eric',
);

/** The snapshot `qwen3-omni-flash-realtime-2025-12-01` and the current alias. */
export const FLASH3_VOICES = split(
  'Cherry, Serena, Ethan, Chelsie, Momo, Vivian, Moon, Maia, Kai, Nofish, Bella, Jennifer, Ryan, Katerina, ' +
    'Aiden, Eldric Sage, Mia, Mochi, Bellona, Vincent, Bunny, Neil, Elias, Arthur, Nini, Ebona, Seren, Pip, ' +
    'Stella, Bodega, Sonrisa, Alek, Dolce, Sohee, Ono Anna, Lenn, Emilien, Andre, Radio Gol, Jada, Dylan, ' +
    'Li, Marcus, Roy, Peter, Sunny, Eric, Rocky, Kiki',
);

export const OMNI35_VOICES = split(
  'Tina, Cindy, Liora Mira, Sunnybobi, Raymond, Ethan, Theo Calm, Serena, Harvey, Maia, Evan, Qiao, Momo, ' +
    'Wil, Angel, Li Cassian, Mia, Joyner, Gold, Katerina, Ryan, Jennifer, Aiden, Mione, Sunny, Dylan, Eric, ' +
    'Peter, Joseph Chen, Marcus, Li, Kiki, Rocky, Sohee, Lenn, Ono Anna, Sonrisa, Bodega, Emilien, Andre, ' +
    'Radio Gol, Alek, Rizky, Roya, Arda, Hana, Dolce, Jakub, Griet, Eliška, Marina, Siiri, Ingrid, Sigga, ' +
    'Bea, Chloe',
);

export const OMNI38_VOICES = split(
  'Tina, Cindy, Liora Mira, Raymond, Theo Calm, Serena, Maia, Evan, Qiao, Momo, Wil, Angel, Li Cassian, ' +
    'Mia, Joyner, Gold, Katerina, Ryan, Jennifer, Aiden, Mione, Sunny, Dylan, Eric, Peter, Joseph Chen, ' +
    'Marcus, Li, Kiki, Rocky, Sohee, Lenn, Ono Anna, Sonrisa, Bodega, Emilien, Andre, Radio Gol, Alek, ' +
    'Rizky, Roya, Arda, Hana, Dolce, Jakub, Griet, Eliška, Marina, Siiri, Ingrid, Sigga, Bea, Chloe, Zane, ' +
    'Cici, longanlingxin',
);

/**
 * What the id of a cloned voice looks like. Such ids begin with the name of a Qwen model; their exact grammar
 * is not published, so every id of that shape is accepted where cloned voices are (section 2.1).
 */
export const CLONED_VOICE_PATTERN = /^qwen[A-Za-z0-9._-]{4,}$/;
