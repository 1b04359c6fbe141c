//! Pseudorandom numbers that are the same on every machine and for any number of threads.
//!
//! Takes a seed, gives `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA
//! 2014; constants as in Vigna's public-domain `splitmix64.c`). Its n-th number is a function of seed and n alone, so
//! rows can draw theirs in any order. Not for secrets.

/// The step between states: the golden ratio in 64 bits, made odd.
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// The generator's finalizer: every bit of the input reaches every bit of the output.
const fn mix(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

/// A hash of a number: the first that a generator with this seed gives.
pub(crate) const fn mixed(value: u64) -> u64 {
    mix(value.wrapping_add(GAMMA))
}

/// A small generator; two with the same seed give the same numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    /// A generator that starts from this seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// An independent generator for the part of a computation that has this number.
    pub(crate) const fn stream(self, number: u64) -> Self {
        Self::new(mix(self.state ^ mix(number.wrapping_add(GAMMA))))
    }

    /// The next number.
    pub(crate) const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GAMMA);
        mix(self.state)
    }

    /// The next number as a fraction in `[0, 1)`.
    pub(crate) const fn next_fraction(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// The number that `index + 1` calls of [`Self::next`] would end with, as a fraction in `[0, 1)`.
    pub(crate) const fn fraction_at(self, index: u64) -> f32 {
        let number = mix(self.state.wrapping_add(GAMMA.wrapping_mul(index.wrapping_add(1))));
        (number >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// A number in `0..limit` (0 if `limit` is 0), by multiplication and shift; its bias is below `limit / 2^64`.
    #[expect(clippy::cast_possible_truncation, reason = "the result is below `limit`, a usize")]
    pub(crate) const fn below(&mut self, limit: usize) -> usize {
        ((self.next() as u128 * limit as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_are_those_of_the_reference_implementation() {
        // From the output of splitmix64.c with x = 1234567.
        let mut generator = SplitMix64::new(1_234_567);
        assert_eq!(generator.next(), 6_457_827_717_110_365_317);
        assert_eq!(generator.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn a_number_by_its_index_is_the_number_in_its_turn() {
        let by_index = SplitMix64::new(7).stream(3);
        let mut in_turn = by_index;
        for index in 0..100 {
            let fraction = (in_turn.next() >> 40) as f32 / 16_777_216.0;
            assert_eq!(by_index.fraction_at(index).to_bits(), fraction.to_bits());
        }
    }

    #[test]
    fn numbers_below_a_limit_reach_all_of_it() {
        let mut generator = SplitMix64::new(0);
        let mut seen = [false; 7];
        (0..200).for_each(|_| seen[generator.below(7)] = true);
        assert_eq!(seen, [true; 7]);
    }
}
