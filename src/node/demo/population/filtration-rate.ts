/**
 * Returns the estimated glomerular filtration rate in mL/min/1.73 m² by CKD-EPI 2021 (Inker et al., NEJM 2021;385:1737),
 * from serum creatinine in mg/dL.
 */
export function filtrationRate(creatinine: number, ageYears: number, sex: 'female' | 'male'): number {
  const [kappa, alpha, factor] = sex === 'female' ? [0.7, -0.241, 1.012] : [0.9, -0.302, 1];
  const ratio = creatinine / kappa;
  return 142 * Math.min(ratio, 1) ** alpha * Math.max(ratio, 1) ** -1.2 * 0.9938 ** ageYears * factor;
}
