//! Growing the trees.
//!
//! Takes binned rows with masks and weights, gives [`BoostedTrees`]. Knows nothing of where rows come from; leaves the
//! drawing of rows to `sample` and the search for splits to `histogram`.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayBase, Data, Ix2};
use rayon::prelude::*;

use super::histogram::{Asked, Leaves, Split, SplitRules, TILE, Tile};
use super::loss::ALL_LABELS;
use super::sample::draw_rows;
use super::state::{State, narrow, pull_floor};
use super::tree::GrownTree;
use super::{BinnedMatrix, BoostError, BoostedTrees, K, PerLabel, ValidBoostParams};
use crate::rng::SplitMix64;

/// Rows to learn from.
#[derive(Debug, Clone, Copy)]
pub struct TrainingRows<'a> {
    /// The rows' features.
    pub bins: &'a BinnedMatrix,
    /// For every row the labels it may have: bit `k` stands for label `k`. A known label is one bit; `0b1110` is
    /// "anything but label 0".
    pub targets: &'a [u8],
    /// What every row counts, at least 0; 1 if not given.
    pub weights: Option<&'a [f32]>,
    /// Raw scores that the trees are to add to, for every row. The fitted trees then have no bias and give what is to be
    /// added. If not given, scores start from the logs of the labels' shares of weight.
    pub initial_scores: Option<&'a [[f32; K]]>,
}

impl<D: Data<Elem = f32>> Fit<ArrayBase<D, Ix2>, Array1<u8>, BoostError> for ValidBoostParams {
    type Object = BoostedTrees;

    /// Fits trees to records (rows x features, all finite), targets (bit masks of admissible labels) and the dataset's
    /// weights, if it has some.
    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, Array1<u8>>) -> Result<BoostedTrees, BoostError> {
        let bins = BinnedMatrix::quantile(dataset.records.view(), self.max_bins())?;
        let targets = dataset.targets.to_vec();
        let rows = TrainingRows { bins: &bins, targets: &targets, weights: dataset.weights(), initial_scores: None };
        self.fit_binned(&rows, &mut |_, _| ())
    }
}

impl ValidBoostParams {
    /// Fits trees to rows that are binned already, on the current rayon pool. After every round calls `on_tree` with the
    /// number of rounds done and the number in all.
    ///
    /// # Errors
    /// If there are no rows or all weigh nothing, a mask is empty or has unknown bits, a weight is negative or not
    /// finite, lengths differ, or there are more than `2^32 - 1` rows or `2^16` features.
    pub fn fit_binned(&self, rows: &TrainingRows<'_>, on_tree: &mut dyn FnMut(usize, usize)) -> Result<BoostedTrees, BoostError> {
        check_rows(rows)?;
        // Two widths of histogram: the narrow one keeps more of them in the caches.
        let features = 0..rows.bins.features();
        if features.into_iter().all(|feature| rows.bins.binning().thresholds(feature).len() < 64) {
            Ok(self.grow::<64>(rows, on_tree))
        } else {
            Ok(self.grow::<256>(rows, on_tree))
        }
    }

    fn grow<const BINS: usize>(&self, rows: &TrainingRows<'_>, on_tree: &mut dyn FnMut(usize, usize)) -> BoostedTrees {
        let mut state = State::new(rows);
        let mut model = BoostedTrees::without_trees(rows.bins.features(), state.bias);
        let mut tiles: Vec<Tile<BINS>> = Vec::new();
        let mut asked = Asked::nothing(rows.bins.features());
        let expected = f64::from(self.rows_per_tree()) * rows.bins.rows() as f64;
        for round in 0..self.trees() {
            let mut generator = SplitMix64::new(self.seed()).stream(round as u64);
            let features = self.draw_features(rows.bins.features(), &mut generator);
            let drawn = draw_rows(&state.pulls, expected, generator);
            tiles.resize_with(features.len().div_ceil(TILE), Tile::default);
            tiles.par_iter_mut().zip(features.par_chunks(TILE)).for_each(|(tile, features)| tile.load(rows.bins, features, &drawn));
            let splits = self.find_splits(rows.bins, &mut tiles, Leaves::root(state.drawn_gradients(&drawn)), &mut asked);
            if !splits.is_empty() {
                model.push(self.tree_of(&splits, &mut state));
            }
            on_tree(round + 1, self.trees());
        }
        model
    }

    /// The features that one tree may ask about, ascending.
    fn draw_features(&self, features: usize, generator: &mut SplitMix64) -> Vec<usize> {
        let count = portion(features, self.features_per_tree()).max(1).min(features);
        let mut order: Vec<usize> = (0..features).collect();
        for place in 0..count {
            let other = place + generator.below(features - place);
            order.swap(place, other);
        }
        order.truncate(count);
        order.sort_unstable();
        order
    }

    /// One split a level, until the tree is deep enough or nothing gains.
    fn find_splits<const BINS: usize>(
        &self,
        matrix: &BinnedMatrix,
        tiles: &mut [Tile<BINS>],
        mut leaves: Leaves,
        asked: &mut Asked,
    ) -> Vec<Split> {
        let (new_feature, new_cut) = (1.0 - self.new_feature_cost(), 1.0 - self.new_cut_cost());
        let rules = SplitRules { l2: self.l2(), min_weight: self.min_weight(), new_feature, new_cut };
        let mut splits = Vec::new();
        for level in 0..self.depth() {
            let best: Vec<Option<Split>> = tiles.par_iter_mut().map(|tile| tile.best_split(&leaves, matrix, rules, &*asked)).collect();
            // Tiles are in the order of features: of equal splits the first stays.
            let best = best.into_iter().flatten().reduce(|best, next| if next.counted > best.counted { next } else { best });
            let Some(split) = best else { break };
            splits.push(split);
            asked.add(split);
            if level + 1 < self.depth()
                && let Some(is_right) = tiles.iter().find_map(|tile| tile.side(split))
            {
                leaves = leaves.split(is_right);
            }
        }
        splits
    }

    /// Gives the leaves their values and brings all rows' scores up to date.
    fn tree_of(&self, splits: &[Split], state: &mut State<'_>) -> GrownTree {
        let matrix = state.rows.bins;
        let leaf_sums = state.sum_leaves(splits);
        let steps: Vec<PerLabel> = leaf_sums.iter().map(|sums| sums.newton_step(self.l2())).collect();
        let values: Vec<PerLabel> = steps.iter().map(|step| step.map(|label| label * self.learning_rate())).collect();
        let total: f64 = leaf_sums.iter().map(|sums| sums.weight).sum();
        state.advance(&values, pull_floor(&values));
        GrownTree {
            splits: splits
                .iter()
                .map(|split| {
                    let threshold = matrix.binning().thresholds(split.feature)[usize::from(split.bin)];
                    (split.feature, threshold, split.gain)
                })
                .collect(),
            covers: leaf_sums.iter().map(|sums| narrow(sums.weight / total)).collect(),
            values,
        }
    }
}

fn check_rows(rows: &TrainingRows<'_>) -> Result<(), BoostError> {
    let count = rows.bins.rows();
    if count == 0 || rows.bins.features() == 0 {
        return Err(BoostError::NoRows);
    }
    check_limit("rows", count, u32::MAX as usize)?;
    check_limit("features", rows.bins.features(), usize::from(u16::MAX) + 1)?;
    check_length("targets", rows.targets.len(), count)?;
    check_length("weights", rows.weights.map_or(count, <[f32]>::len), count)?;
    check_length("initial scores", rows.initial_scores.map_or(count, <[PerLabel]>::len), count)?;
    let bad_mask = |&(_, &mask): &(usize, &u8)| mask == 0 || mask & !ALL_LABELS != 0;
    if let Some((row, &found)) = rows.targets.iter().enumerate().find(bad_mask) {
        return Err(BoostError::Mask { row, found });
    }
    for (row, &found) in rows.weights.unwrap_or_default().iter().enumerate() {
        if !found.is_finite() || found < 0.0 {
            return Err(BoostError::Weight { row, found });
        }
    }
    if rows.weights.is_some_and(|weights| weights.iter().all(|&weight| weight <= 0.0)) {
        return Err(BoostError::NoWeight { rows: count });
    }
    for (row, scores) in rows.initial_scores.unwrap_or_default().iter().enumerate() {
        if let Some(&found) = scores.iter().find(|score| !score.is_finite()) {
            return Err(BoostError::InitialScore { row, found });
        }
    }
    Ok(())
}

fn check_limit(what: &'static str, found: usize, limit: usize) -> Result<(), BoostError> {
    if found <= limit { Ok(()) } else { Err(BoostError::TooMany { what, found, limit }) }
}

fn check_length(what: &'static str, found: usize, expected: usize) -> Result<(), BoostError> {
    if found == expected { Ok(()) } else { Err(BoostError::Length { what, found, expected }) }
}

/// A share (0 to 1) of a count, rounded.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the count")]
fn portion(count: usize, share: f32) -> usize {
    (count as f64 * f64::from(share)).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::boost::{BoostParams, Contributions, PredictScratch, TreeView};
    use linfa::ParamGuard;
    use linfa::traits::Predict;
    use ndarray::{Array2, Axis, array};
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::time::Instant;

    /// Numbers in `[0, 1)`, always the same.
    fn noise(rows: usize, features: usize) -> Array2<f32> {
        let generator = SplitMix64::new(42);
        Array2::from_shape_fn((rows, features), |(row, feature)| generator.fraction_at((row * features + feature) as u64))
    }

    /// The last rows.
    fn tail(records: &Array2<f32>, rows: usize) -> Array2<f32> {
        records.view().split_at(Axis(0), records.nrows() - rows).1.to_owned()
    }

    fn fit(params: &BoostParams, records: &Array2<f32>, target: impl Fn(usize) -> u8) -> BoostedTrees {
        let targets = Array1::from_shape_fn(records.nrows(), target);
        params.fit(&DatasetBase::new(records.view(), targets)).unwrap()
    }

    /// The share of rows whose likeliest label is the only one in their mask.
    fn accuracy(trees: &BoostedTrees, records: &Array2<f32>, target: impl Fn(usize) -> u8) -> f64 {
        let probabilities: Array2<f32> = trees.predict(records);
        let is_right = |&row: &usize| {
            let row_of = probabilities.row(row);
            let likeliest = (0..K).max_by(|&left, &right| row_of[left].total_cmp(&row_of[right]));
            likeliest.is_some_and(|label| target(row) == 1 << label)
        };
        (0..records.nrows()).filter(is_right).count() as f64 / records.nrows() as f64
    }

    fn xor(records: &Array2<f32>) -> impl Fn(usize) -> u8 {
        |row| {
            if (records[(row, 0)] > 0.5) == (records[(row, 1)] > 0.3) { 0b0001 } else { 0b0010 }
        }
    }

    fn quadrants(records: &Array2<f32>) -> impl Fn(usize) -> u8 {
        |row| 1 << (u8::from(records[(row, 0)] > 0.5) + 2 * u8::from(records[(row, 1)] > 0.5))
    }

    #[test]
    fn an_exclusive_or_of_two_features_is_learnt() {
        let records = noise(2000, 3);
        let params = BoostParams::new().trees(60).depth(3).rows_per_tree(0.5).features_per_tree(1.0);
        let trees = fit(&params, &records, xor(&records));
        let accuracy = accuracy(&trees, &records, xor(&records));
        assert!(accuracy > 0.97, "{accuracy}");
    }

    #[test]
    fn four_labels_are_learnt_and_generalise_from_few_rows_and_features_a_tree() {
        let (records, unseen) = (noise(4000, 10), tail(&noise(5000, 10), 1000));
        let trees = fit(&BoostParams::new().trees(150).depth(4), &records, quadrants(&records));
        let accuracy = accuracy(&trees, &unseen, quadrants(&unseen));
        assert!(accuracy > 0.97, "{accuracy}");
        let gains = trees.gains();
        let noise_gain = gains[2..].iter().copied().fold(0.0, f32::max);
        assert!(gains[0] > 10.0 * noise_gain && gains[1] > 10.0 * noise_gain, "{gains:?}");
    }

    #[test]
    fn what_is_new_costs_so_that_trees_ask_about_fewer_features_and_cuts() {
        // All ten features say the same but for a little noise; so do their neighbouring cuts.
        let base = noise(4000, 10);
        let records = Array2::from_shape_fn(base.dim(), |(row, feature)| base[(row, 0)] + 0.02 * base[(row, feature)]);
        let target = |row: usize| if base[(row, 0)] > 0.5 { 0b0001 } else { 0b0100 };
        let asked = |params: &BoostParams| {
            let trees = fit(params, &records, target);
            let splits =
                |tree: TreeView<'_>| tree.features.iter().copied().zip(tree.thresholds.iter().map(|cut| cut.to_bits())).collect::<Vec<_>>();
            let cuts: BTreeSet<(u16, u32)> = trees.trees().flat_map(splits).collect();
            let features: BTreeSet<u16> = cuts.iter().map(|(feature, _)| *feature).collect();
            assert!(accuracy(&trees, &records, target) > 0.97);
            (features.len(), cuts.len())
        };
        let params = BoostParams::new().trees(40).depth(2).features_per_tree(0.6);
        let (free, thrifty) = (asked(&params), asked(&params.clone().new_feature_cost(0.6).new_cut_cost(0.3)));
        assert!(thrifty.0 < free.0 && thrifty.1 < free.1, "{free:?} {thrifty:?}");
    }

    #[test]
    fn rows_that_are_only_known_not_to_be_content_pull_away_from_it() {
        let records = noise(2000, 2);
        // On the left any label but 0; on the right label 0. Labels 1 to 3 are not told apart.
        let target = |row| {
            if records[(row, 0)] < 0.5 { 0b1110 } else { 0b0001 }
        };
        let trees = fit(&BoostParams::new().trees(80).depth(2).rows_per_tree(1.0), &records, target);
        let probabilities: Array2<f32> = trees.predict(&array![[0.1, 0.5], [0.9, 0.5]]);
        assert!(probabilities[(0, 0)] < 0.05 && probabilities[(1, 0)] > 0.95, "{probabilities}");
        for label in 1..K {
            assert!((probabilities[(0, label)] - 0.33).abs() < 0.05, "{probabilities}");
        }
    }

    #[test]
    fn a_few_known_rows_decide_among_the_labels_that_masks_leave_open() {
        let records = noise(2000, 2);
        let target = |row: usize| match (records[(row, 0)] < 0.5, row.is_multiple_of(20)) {
            (true, true) => 0b0100,
            (true, false) => 0b1110,
            (false, _) => 0b0001,
        };
        let trees = fit(&BoostParams::new().trees(200).depth(2).rows_per_tree(1.0), &records, target);
        let probabilities: Array2<f32> = trees.predict(&array![[0.1, 0.5]]);
        assert!(probabilities[(0, 2)] > 0.8, "{probabilities}");
    }

    #[test]
    fn heavier_rows_win_where_rows_disagree() {
        let records = Array2::zeros((1000, 1)) + &noise(1000, 1);
        let targets = Array1::from_shape_fn(1000, |row| if row % 2 == 0 { 0b0001 } else { 0b1000 });
        let weights = Array1::from_shape_fn(1000, |row| if row % 2 == 0 { 0.2 } else { 1.8 });
        let dataset = DatasetBase::new(records.clone(), targets).with_weights(weights);
        let trees = BoostParams::new().trees(20).depth(1).fit(&dataset).unwrap();
        let probabilities: Array2<f32> = trees.predict(&records);
        let mean = probabilities.mean_axis(Axis(0)).unwrap();
        assert!((mean[3] - 0.9).abs() < 0.03 && (mean[0] - 0.1).abs() < 0.03, "{mean}");
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_on_one_thread_and_on_two() {
        let records = noise(20_000, 20);
        let bytes_on = |threads, seed| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let params = BoostParams::new().trees(12).seed(seed);
            serde_json::to_vec(&pool.install(|| fit(&params, &records, quadrants(&records)))).unwrap()
        };
        assert_eq!(bytes_on(1, 5), bytes_on(2, 5));
        assert_ne!(bytes_on(1, 5), bytes_on(1, 6));
    }

    #[test]
    fn more_than_64_bins_are_learnt_from_as_well() {
        let records = noise(3000, 2);
        let params = BoostParams::new().trees(60).depth(3).max_bins(255).features_per_tree(1.0);
        let trees = fit(&params, &records, xor(&records));
        assert!(accuracy(&trees, &records, xor(&records)) > 0.97);
    }

    #[test]
    fn constant_features_give_no_trees_but_the_priors() {
        let trees = fit(&BoostParams::new().trees(5), &Array2::zeros((100, 2)), |row| if row < 75 { 0b0001 } else { 0b0110 });
        assert_eq!(trees.n_trees(), 0);
        let probabilities: Array2<f32> = trees.predict(&Array2::zeros((1, 2)));
        assert!((probabilities[(0, 0)] - 0.75).abs() < 1e-3 && (probabilities[(0, 1)] - 0.125).abs() < 1e-3);
    }

    #[test]
    fn trees_on_top_of_initial_scores_give_what_is_to_be_added() {
        let records = noise(1000, 2);
        let bins = BinnedMatrix::quantile(records.view(), 64).unwrap();
        let targets: Vec<u8> = (0..1000).map(quadrants(&records)).collect();
        let start = vec![[2.0, 0.0, 0.0, -1.0]; 1000];
        let rows = TrainingRows { bins: &bins, targets: &targets, weights: None, initial_scores: Some(&start) };
        let params = BoostParams::new().trees(40).depth(3).rows_per_tree(1.0).check_unwrap();
        let mut rounds = Vec::new();
        let trees = params.fit_binned(&rows, &mut |done, total| rounds.push((done, total))).unwrap();
        assert_eq!((rounds.len(), rounds.last()), (40, Some(&(40, 40))));
        let mut scores = vec![[0.0; K]; 1000];
        trees.scores_into(records.view(), &mut scores).unwrap();
        let right = scores.iter().zip(&targets).filter(|(added, target)| {
            let total: PerLabel = std::array::from_fn(|label| added[label] + start[0][label]);
            (0..K).max_by(|&left, &right| total[left].total_cmp(&total[right])).map(|label| 1 << label) == Some(**target)
        });
        assert!(right.count() > 960);
    }

    #[test]
    fn bad_rows_are_refused_and_named() {
        let params = BoostParams::new();
        let fit = |records: Array2<f32>, targets: Array1<u8>| params.fit(&DatasetBase::new(records, targets));
        assert!(matches!(fit(Array2::zeros((0, 3)), array![]), Err(BoostError::NoRows)));
        assert!(matches!(fit(array![[1.0], [2.0]], array![1, 0]), Err(BoostError::Mask { row: 1, found: 0 })));
        assert!(matches!(fit(array![[1.0]], array![0b10001]), Err(BoostError::Mask { .. })));
        assert!(matches!(fit(array![[f32::INFINITY]], array![1]), Err(BoostError::NonFinite { .. })));
        assert!(matches!(fit(array![[1.0]], array![1, 1]), Err(BoostError::Length { what: "targets", .. })));
        let weighted = |weight| params.fit(&DatasetBase::new(array![[1.0]], array![1]).with_weights(array![weight])).unwrap_err();
        assert!(matches!(weighted(-1.0), BoostError::Weight { row: 0, .. }));
        assert!(matches!(weighted(f32::NAN), BoostError::Weight { .. }));
        assert!(matches!(weighted(0.0), BoostError::NoWeight { rows: 1 }));
        assert!(matches!(params.clone().trees(0).check(), Err(BoostError::Parameter { name: "trees", .. })));
    }

    #[test]
    fn stored_trees_come_back_and_damaged_ones_are_refused() {
        let records = noise(500, 4);
        let trees = fit(&BoostParams::new().trees(10), &records, quadrants(&records));
        let stored = serde_json::to_value(&trees).unwrap();
        assert_eq!(serde_json::from_value::<BoostedTrees>(stored.clone()).unwrap(), trees);
        for (field, value) in [("depths", 9), ("features", 4)] {
            let mut damaged = stored.clone();
            damaged[field][0] = value.into();
            let error = serde_json::from_value::<BoostedTrees>(damaged).unwrap_err();
            assert!(error.to_string().contains("damaged"), "{error}");
        }
        let mut damaged = stored;
        damaged["values"].as_array_mut().unwrap().pop();
        assert!(serde_json::from_value::<BoostedTrees>(damaged).is_err());
    }

    /// A matrix as of a corpus: two in three features are few-valued or mostly 0; labels depend on 40 of them.
    fn corpus(rows: usize, features: usize) -> (Array2<f32>, Vec<u8>) {
        let mut records = noise(rows, features);
        for (feature, mut column) in records.axis_iter_mut(Axis(1)).enumerate() {
            match feature % 3 {
                1 => column.mapv_inplace(|value| (value * 8.0).floor()),
                2 => column.mapv_inplace(|value| if value < 0.8 { 0.0 } else { value }),
                _ => {}
            }
        }
        let generator = SplitMix64::new(77);
        let targets = records.axis_iter(Axis(0)).enumerate().map(|(row, values)| {
            let of = |first: usize| (0..10).map(|step| (values[(first + step * 9) % features] * 3.0).sin()).sum::<f32>();
            let noisy = generator.fraction_at(row as u64);
            let scores = [of(0) + noisy, of(1) - noisy, of(2) * 0.5 + of(3) * of(4), of(5)];
            (0..K).max_by(|&left, &right| scores[left].total_cmp(&scores[right])).map_or(1, |label| 1 << label)
        });
        let targets = targets.collect();
        (records, targets)
    }

    #[test]
    #[ignore = "measures time (about two minutes); run it in a release profile"]
    fn time_500_trees_on_550_000_rows_of_400_features() {
        let (records, targets) = corpus(580_000, 400);
        let start = Instant::now();
        let all = BinnedMatrix::quantile(records.view(), 64).unwrap();
        println!("binned in {:?}", start.elapsed());
        let bins = all.select_rows(&(0..550_000).collect::<Vec<_>>());
        let (known, unseen) = targets.split_at(550_000);
        let params = BoostParams::new().trees(500).rows_per_tree(0.15).check_unwrap();
        let rows = TrainingRows { bins: &bins, targets: known, weights: None, initial_scores: None };
        let start = Instant::now();
        let trees = params.fit_binned(&rows, &mut |done, _| {
            if done % 100 == 0 {
                println!("{done} trees after {:?}", start.elapsed());
            }
        });
        let page = tail(&records, unseen.len());
        let trees = trees.unwrap();
        println!("accuracy {}, {} features used", accuracy(&trees, &page, |row| unseen[row]), trees.used_features().len());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn compiled_scores_equal_plain_ones_and_contributions_sum_to_them(
            depth in 1_usize..=8, trees in 1_usize..12, rows in 1_usize..70, seed: u64,
        ) {
            let records = noise(400, 7);
            let params = BoostParams::new().trees(trees).depth(depth).seed(seed).rows_per_tree(0.6);
            let trees = fit(&params, &records, quadrants(&records));
            let mut page = tail(&records, rows);
            page[(0, 0)] = f32::NAN;
            page[(0, 1)] = f32::INFINITY;
            page[(rows - 1, 1)] = f32::NEG_INFINITY;
            let (mut plain, mut fast) = (vec![[0.0; K]; rows], vec![[0.0; K]; rows]);
            trees.scores_into(page.view(), &mut plain).unwrap();
            let mut scratch = PredictScratch::default();
            trees.compile().scores_into(page.view(), &mut scratch, &mut fast).unwrap();
            prop_assert_eq!(&plain, &fast);
            let other_layout = page.t().as_standard_layout().into_owned();
            trees.compile().scores_into(other_layout.t(), &mut scratch, &mut fast).unwrap();
            prop_assert_eq!(&plain, &fast);
            for (row, scores) in page.rows().into_iter().zip(plain) {
                let parts: Contributions = trees.contributions(row.as_slice().unwrap()).unwrap();
                for (sum, score) in parts.scores().iter().zip(scores) {
                    prop_assert!((sum - score).abs() < 1e-4);
                }
            }
        }
    }
}
