/**
 * Types whose resources tell of no patient: directories, catalogues, definitions. Anything else that names no patient here
 * (a stored Bundle, a Device, a Task, an Observation without a subject) may still be about one.
 */
const SHARED: ReadonlySet<string> = new Set(
  (
    'ActivityDefinition CapabilityStatement CatalogEntry ChargeItemDefinition CodeSystem CompartmentDefinition ConceptMap ' +
    'DeviceDefinition EffectEvidenceSynthesis Endpoint EventDefinition Evidence EvidenceVariable ExampleScenario ' +
    'GraphDefinition HealthcareService ImplementationGuide InsurancePlan Library Location Measure Medication ' +
    'MedicationKnowledge MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication ' +
    'MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured ' +
    'MedicinalProductPackaged MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition ' +
    'NamingSystem ObservationDefinition OperationDefinition Organization OrganizationAffiliation PlanDefinition ' +
    'Practitioner PractitionerRole Questionnaire ResearchDefinition ResearchElementDefinition ResearchStudy ' +
    'RiskEvidenceSynthesis SearchParameter Slot SpecimenDefinition StructureDefinition StructureMap Substance ' +
    'SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial ' +
    'SubstanceSpecification TerminologyCapabilities TestScript ValueSet'
  ).split(' '),
);

/** True when no resource of the type tells of a patient, so that a patient's own token may read it. */
export function isShared(type: string): boolean {
  return SHARED.has(type);
}
